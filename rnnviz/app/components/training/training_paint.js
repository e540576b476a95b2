/** The panels of a training, each painted whole on its canvas; what is said goes to those who hear. */

/** A canvas at the screen's own resolution, with what is needed to draw on it. */
export function surface(canvas, theme, size) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `${size}px ${theme.font}`;
  pen.lineJoin = "round";
  return { pen, width, height, theme, size };
}

/** Loss of each step and of each checkpoint on held-out trials, over the references. */
export function loss(on, head, frame, history) {
  const held = history.map(({ step, loss: value }) => [step, value]);
  const known = head.references.filter((one) => one.loss > 0);
  const all = [...head.losses, ...held].map((point) => point[1]).concat(known.map((one) => one.loss));
  const seen = all.filter((value) => value > 0 && Number.isFinite(value));
  if (!seen.length) return "";
  const low = Math.floor(Math.log10(Math.min(...seen)));
  const high = Math.max(low + 1.1, Math.log10(Math.max(...seen)) + 0.1);
  const box = boxOf(on, [0, Math.max(1, head.step, head.steps / 50)], [low, high]);
  for (let power = low; power <= high; power += 1) {
    rule(on, box, power);
    label(on, powerOfTen(power), box.left - 6, box.y(power), "right");
  }
  stepTicks(on, box, Math.max(1, head.step));
  const { pen, theme } = on;
  for (const { label: text, loss: value } of known) {
    rule(on, box, Math.log10(value), theme.second, [6, 4]);
    const line = box.y(Math.log10(value));
    const above = line > on.size * 1.3; // a name that has no room above its line stands below it
    label(on, text, box.right - 4, line + on.size * (above ? -0.7 : 0.8), "right", theme.second);
  }
  const logs = (points) => points.filter((point) => point[1] > 0).map(([step, value]) => [step, Math.log10(value)]);
  path(on, box, logs(head.losses), theme.target, 1.2);
  path(on, box, logs(held), theme.first, 2.2);
  pen.fillStyle = theme.first;
  if (frame.loss > 0) dot(pen, box.x(frame.step), box.y(Math.log10(frame.loss)), 5);
  return frame.loss.toPrecision(3);
}

/** Outputs over targets of one trial: lines for few outputs, probabilities for many, a text's letters. */
export function output(on, head, frame) {
  const { rows, outputs } = head.shape;
  if (head.text.length && head.verdict) return verdict(on, head, frame);
  if (head.text.length && rows > 1) return letters(on, head, frame);
  if (rows === 1) return single(on, head, frame);
  if (outputs > 4) return probabilities(on, head, frame);
  const value = head.ends_in === "sigmoid" ? [-0.1, 1.1] : spread(head.target, frame.output);
  const gap = on.size * 0.6;
  const tall = (on.height - on.size * 1.6 - gap * (outputs - 1)) / outputs;
  for (let channel = 0; channel < outputs; channel += 1) {
    const box = boxOf(on, [0, rows - 1], value, channel * (tall + gap), tall);
    rule(on, box, 0);
    const target = head.target.map((row, t) => [t, row[channel]]);
    const found = head.target.map((_, t) => [t, frame.output[t * outputs + channel]]);
    path(on, box, target, on.theme.target, 4);
    path(on, box, found, on.theme.first, 2);
    for (const tick of ticksOf(value)) label(on, plain(tick), box.left - 6, box.y(tick), "right");
  }
  timeTicks(on, boxOf(on, [0, rows - 1], value), rows);
  return "";
}

function single(on, head, frame) {
  const { outputs } = head.shape;
  const target = head.target.flat();
  // From 0 to 2 at least: a scale that moves with the output would hide how far it is off.
  const value = head.ends_in === "sigmoid" ? [-0.1, 1.1] : spread([...target, 0, 2], frame.output);
  const box = boxOf(on, [0, 1], value);
  for (const tick of ticksOf(value)) {
    rule(on, box, tick);
    label(on, plain(tick), box.left - 6, box.y(tick), "right");
  }
  for (let k = 0; k < outputs; k += 1) {
    const x = box.x((k + 1) / (outputs + 1));
    on.pen.fillStyle = on.theme.target;
    dot(on.pen, x, box.y(target[k]), 9);
    on.pen.fillStyle = on.theme.first;
    dot(on.pen, x, box.y(frame.output[k]), 5);
    label(on, `${frame.output[k].toFixed(3)} (${head.words.target} ${target[k]})`, x + 16, box.y(frame.output[k]));
  }
  return "";
}

/** What the network would say after each word of a sequence, from bad to good; the ring is the truth. */
function verdict(on, head, frame) {
  const { rows } = head.shape;
  const first = Math.max(0, head.text.findIndex((word) => word !== "·"));
  const { pen, theme, size } = on;
  const last = rows - 1;
  const box = boxOf(on, [first - 0.5, last + 0.5], [-0.08, 1.08], 0, on.height - size * 3.4);
  for (const [value, text] of [[1, head.words.good], [0.5, ""], [0, head.words.bad]]) {
    rule(on, box, value, theme.line, value === 0.5 ? [4, 4] : []);
    label(on, text, box.left - 4, box.y(value), "right");
  }
  const points = [];
  for (let t = first; t <= last; t += 1) points.push([t, frame.output[t]]);
  path(on, box, points, theme.soft, 1.5);
  pen.lineWidth = 3;
  pen.strokeStyle = theme.text;
  pen.beginPath();
  pen.arc(box.x(last), box.y(head.target[0][0]), 9, 0, 2 * Math.PI);
  pen.stroke();
  points.forEach(([t, value], place) => {
    const end = value < 0.5 ? theme.high : theme.low; // red is bad
    pen.fillStyle = mix(theme.middle, end, Math.abs(2 * value - 1));
    pen.strokeStyle = theme.text;
    pen.lineWidth = 1;
    dot(pen, box.x(t), box.y(value), 6);
    pen.stroke();
    // Neighbours stand in two rows, so that long words have room.
    label(on, head.text[t], box.x(t), box.bottom + size * (place % 2 ? 2.4 : 1.1), "center", theme.text);
  });
  const said = points.map(([t, value]) => `${head.text[t]} ${value.toFixed(2)}`);
  return said.join(", ");
}

function probabilities(on, head, frame) {
  const { rows, outputs } = head.shape;
  const box = boxOf(on, [-0.5, rows - 0.5], [outputs - 0.5, -0.5]);
  const wide = (box.right - box.left) / rows;
  const tall = (box.bottom - box.top) / outputs;
  for (let t = 0; t < rows; t += 1) {
    for (let k = 0; k < outputs; k += 1) {
      on.pen.fillStyle = mix(on.theme.middle, on.theme.low, frame.output[t * outputs + k]);
      on.pen.fillRect(box.left + t * wide, box.top + k * tall, wide + 0.5, tall + 0.5);
    }
    on.pen.fillStyle = on.theme.second;
    dot(on.pen, box.left + (t + 0.5) * wide, box.top + (head.target[t] + 0.5) * tall, Math.min(4, wide / 3));
  }
  for (let k = 0; k < outputs; k += 1) label(on, String(k), box.left - 6, box.top + (k + 0.5) * tall, "right");
  timeTicks(on, box, rows);
  return "";
}

/** A text, each character coloured by the probability that the network gave it. */
function letters(on, head, frame) {
  const { rows, outputs } = head.shape;
  const big = on.size * 1.25;
  on.pen.font = `${big}px ${on.theme.font}`;
  on.pen.textBaseline = "middle";
  let x = 8;
  let y = big;
  for (let t = 1; t < rows; t += 1) {
    const probability = frame.output[(t - 1) * outputs + head.target[t - 1]];
    const wide = Math.max(on.pen.measureText(head.text[t]).width, big * 0.5) + 3;
    if (x + wide > on.width - 8) {
      x = 8;
      y += big * 1.7;
    }
    on.pen.fillStyle = mix(on.theme.middle, on.theme.low, probability);
    on.pen.fillRect(x, y - big * 0.75, wide, big * 1.5);
    on.pen.fillStyle = probability > 0.55 ? "#ffffff" : on.theme.text;
    on.pen.textAlign = "center";
    on.pen.fillText(head.text[t], x + wide / 2, y);
    x += wide + 1;
  }
  return "";
}

/** States of the top layer, a row a unit: blue below zero, red above. */
export function states(on, head, frame) {
  const { timesteps, units } = head.shape;
  const image = new ImageData(timesteps, units);
  const { low, middle, high } = on.theme;
  for (let place = 0; place < units * timesteps; place += 1) {
    const value = frame.states[place] / 127.5 - 1;
    const end = value < 0 ? low : high;
    const share = Math.abs(value);
    for (let k = 0; k < 3; k += 1) image.data[4 * place + k] = middle[k] + (end[k] - middle[k]) * share;
    image.data[4 * place + 3] = 255;
  }
  const small = new OffscreenCanvas(timesteps, units);
  small.getContext("2d").putImageData(image, 0, 0);
  const box = boxOf(on, [-0.5, timesteps - 0.5], [units - 0.5, -0.5]);
  on.pen.imageSmoothingEnabled = false;
  on.pen.drawImage(small, box.left, box.top, box.right - box.left, box.bottom - box.top);
  label(on, "0", box.left - 6, box.top + 6, "right");
  label(on, String(units - 1), box.left - 6, box.bottom - 6, "right");
  timeTicks(on, box, timesteps);
  return "";
}

/** log10 of the gradient at each timestep, on the batch of this step. */
export function gradient(on, head, frame, history) {
  const [low, high] = history.reduce(([a, b], { reach: [c, d] }) => [Math.min(a, c), Math.max(b, d)], [Infinity, -Infinity]);
  if (low > high) {
    label(on, head.words.no_gradient, on.width / 2, on.height / 2, "center");
    return head.words.no_gradient;
  }
  const range = [low - 0.3, high + 0.3];
  const box = boxOf(on, [0, head.shape.timesteps - 1], range);
  for (const tick of ticksOf(range)) {
    rule(on, box, tick);
    label(on, plain(tick), box.left - 6, box.y(tick), "right");
  }
  timeTicks(on, box, head.shape.timesteps);
  // A checkpoint that no batch belongs to, such as the very last, has none: the one before it is shown.
  const until = history.filter((one) => one.step <= frame.step);
  const shown = until.findLast((one) => [...one.gradient].some(Number.isFinite)) ?? frame;
  const points = [...shown.gradient].map((value, t) => [t, value]).filter((point) => Number.isFinite(point[1]));
  if (!points.length) label(on, head.words.no_gradient, on.width / 2, on.height / 2, "center");
  path(on, box, points, on.theme.first, 2.2);
  return points.length ? "" : head.words.no_gradient;
}

/** Eigenvalues in the complex plane, with the unit circle. */
export function eigenvalues(on, head, frame) {
  let reach = 1.25;
  for (let k = 0; k < frame.real.length; k += 1) reach = Math.max(reach, Math.hypot(frame.real[k], frame.imaginary[k]) * 1.1);
  const scale = Math.min(on.width, on.height) / 2 / reach;
  const [x, y] = [on.width / 2, on.height / 2];
  const { pen, theme } = on;
  pen.strokeStyle = theme.line;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x - reach * scale, y);
  pen.lineTo(x + reach * scale, y);
  pen.moveTo(x, y - reach * scale);
  pen.lineTo(x, y + reach * scale);
  pen.stroke();
  pen.strokeStyle = theme.soft;
  pen.beginPath();
  pen.arc(x, y, scale, 0, 2 * Math.PI);
  pen.stroke();
  let largest = 0;
  for (let k = 0; k < frame.real.length; k += 1) {
    const radius = Math.hypot(frame.real[k], frame.imaginary[k]);
    largest = Math.max(largest, radius);
    pen.fillStyle = radius > 1 ? theme.second : theme.first;
    dot(pen, x + frame.real[k] * scale, y - frame.imaginary[k] * scale, 3);
  }
  label(on, `ρ = ${largest.toFixed(2)}`, on.width - 6, on.size, "right");
  return largest.toFixed(2);
}

function boxOf(on, [x0, x1], [y0, y1], top = 0, tall = undefined) {
  const left = on.size * 3.2;
  const right = on.width - 8;
  const upper = top + 6;
  const bottom = tall === undefined ? on.height - on.size * 1.7 : top + tall;
  return {
    left,
    right,
    top: upper,
    bottom,
    x: (value) => left + ((value - x0) / (x1 - x0 || 1)) * (right - left),
    y: (value) => bottom - ((value - y0) / (y1 - y0 || 1)) * (bottom - upper),
  };
}

function spread(target, found) {
  const values = [...target.flat(), ...found].filter(Number.isFinite);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = 0.08 * (high - low || 1);
  return [low - room, high + room];
}

function path({ pen }, box, points, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  points.forEach(([x, y], index) => pen[index ? "lineTo" : "moveTo"](box.x(x), box.y(y)));
  pen.stroke();
}

function rule({ pen, theme }, box, value, colour = theme.line, dash = []) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash(dash);
  pen.beginPath();
  pen.moveTo(box.left, box.y(value));
  pen.lineTo(box.right, box.y(value));
  pen.stroke();
  pen.setLineDash([]);
}

/** Write a text; at an edge it moves inwards as far as it has to. */
function label({ pen, theme, width }, text, x, y, align = "left", colour = theme.soft) {
  const wide = pen.measureText(text).width;
  const left = x - wide * { left: 0, center: 0.5, right: 1 }[align];
  pen.fillStyle = colour;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(text, Math.max(0, Math.min(left, width - wide)), y);
}

function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function timeTicks(on, box, timesteps) {
  const y = on.height - on.size * 0.7;
  const stride = niceStep(timesteps / 4);
  for (let t = 0; t < timesteps; t += stride) label(on, t ? String(t) : "t = 0", box.x(t), y, t ? "center" : "left");
}

function stepTicks(on, box, steps) {
  const y = on.height - on.size * 0.7;
  const stride = niceStep(steps / 4);
  for (let step = 0; step <= steps; step += stride) label(on, step.toLocaleString(), box.x(step), y, step ? "center" : "left");
}

function ticksOf([low, high]) {
  const stride = niceStep((high - low) / 4, 0);
  const ticks = [];
  for (let k = Math.ceil(low / stride); k * stride <= high; k += 1) ticks.push(Number((k * stride).toPrecision(6)));
  return ticks;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(wanted, least = 1) {
  const power = 10 ** Math.floor(Math.log10(wanted || 1));
  const factor = [1, 2, 5, 10].find((one) => one * power >= wanted) ?? 10;
  return Math.max(least, factor * power);
}

function plain(number) {
  return String(number).replace("-", "−");
}

function powerOfTen(power) {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const raised = [...String(Math.abs(power))].map((digit) => digits[Number(digit)]).join("");
  return power === 0 ? "1" : `10${power < 0 ? "⁻" : ""}${raised}`;
}

function mix(from, to, share) {
  const held = Math.min(1, Math.max(0, share));
  return `rgb(${from.map((value, k) => Math.round(value + (to[k] - value) * held)).join(",")})`;
}
