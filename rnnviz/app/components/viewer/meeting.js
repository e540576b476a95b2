/**
 * Where a viewer and the silent component that serves it meet; and whose wish is sent next.
 */

const meetings = new Map();

/**
 * The meeting place of a viewer, by its Python key: `ask` sends a wish to Python, `parcel` is the
 * latest answer, `viewer` takes parcels.
 */
export function meetingOf(key) {
  if (!meetings.has(key)) meetings.set(key, { viewer: null, ask: null, parcel: null });
  return meetings.get(key);
}

/**
 * One wish of the page at a time: a second one would cut the answer to the first short. The others
 * wait in the order in which they came; a turn that is not ended in time counts as ended.
 */
const turns = [];
const TURN = 2500; // ms

/** Act once no other wish is on its way; a second wish of one owner takes the place of its first. */
export function takeTurn(owner, act) {
  const waiting = turns.findIndex((one, i) => i > 0 && one.owner === owner);
  if (waiting > 0) turns[waiting].act = act;
  else turns.push({ owner, act });
  if (turns.length === 1) beginTurn();
}

function beginTurn() {
  const [turn] = turns;
  if (!turn) return;
  turn.timer = setTimeout(() => endTurn(turn.owner), TURN);
  turn.act();
}

/** The answer is there, or its owner has gone. */
export function endTurn(owner) {
  if (turns[0]?.owner !== owner) return;
  clearTimeout(turns.shift().timer);
  beginTurn();
}
