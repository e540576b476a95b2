/**
 * What the file carries: one block of bytes, packed as a payload and compressed, that holds the
 * pictures of every layer and lens in both languages. Arrays that several of them show are there once.
 */

import { activation } from "./cell_step.js";
import { attached, readParts } from "./payload.js";

/** The parts of a file, from the text of its data element. */
export async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const [parts, arrays] = readParts(new Uint8Array(await new Response(stream).arrayBuffer()));
  return new FileData(parts, arrays);
}

class FileData {
  constructor(parts, arrays) {
    Object.assign(this, parts);
    this.arrays = arrays;
    this.read = new Map();
  }

  /** The picture of a layer through a lens, in a language. */
  picture(layer, lens, language) {
    const name = `${layer} ${lens} ${language}`;
    if (!this.read.has(name)) this.read.set(name, attached(this.pictures[name], this.arrays));
    return this.read.get(name);
  }

  /** The network of a layer with the weights and states of traces, as [header, arrays]. */
  network(layer, language, identity, traces) {
    const header = structuredClone(this.networks[`${layer} ${language}`]);
    const arrays = [...this.arrays];
    const placed = (values) => (values ? arrays.push(values) - 1 : null);
    header.identity = identity;
    traces.forEach(({ layer: { kernel, recurrent, bias }, inputs, states, cells }, i) => {
      const found = { kernel, recurrent, bias, inputs, states, cells };
      for (const [name, values] of Object.entries(found)) header.layers[i][name] = placed(values);
    });
    return [{ ...header, head: null }, arrays];
  }

  /** The sentence of a key in a language. */
  sentence(key, language) {
    return this.sentences[language][key];
  }

  /** The layers that can be computed here, with their weights; null where they cannot. */
  get engineLayers() {
    this.computed ??= this.engine?.layers.map((layer) => ({
      ...layer,
      apply: activation(layer.activation),
      ...Object.fromEntries(
        ["kernel", "recurrent", "bias", "initial"].map((name) => [name, this.arrays[layer[name]]]),
      ),
    }));
    return this.computed ?? null;
  }

  /** What the first layer reads, (timesteps, features) flat. */
  get inputs() {
    return this.arrays[this.engine.inputs];
  }
}
