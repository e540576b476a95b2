/**
 * What the file carries: one block of bytes, packed as a payload and compressed, that holds the
 * pictures of every layer and lens in both languages. Arrays that several of them show are there once.
 */

import { activation } from "./activations.js";
import { unzipped } from "./file_block.js";
import { attached, readParts } from "./payload.js";

/** The header and the arrays of a file, from the text of its data element. */
export async function readBlock(text) {
  return readParts(await unzipped(text));
}

/** The parts of a file with a run. */
export async function unpacked(text) {
  return new FileData(...(await readBlock(text)));
}

/** Layers that can be computed, with their weights in the place of the numbers of arrays. */
export function layersOf(engine, arrays) {
  return engine.layers.map((layer) => ({
    ...layer,
    apply: activation(layer.activation),
    ...Object.fromEntries(
      ["kernel", "recurrent", "bias", "initial"].map((name) => [name, arrays[layer[name]]]),
    ),
  }));
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
    if (this.engine) this.computed ??= layersOf(this.engine, this.arrays);
    return this.computed ?? null;
  }

  /** What the first layer reads, (timesteps, features) flat. */
  get inputs() {
    return this.arrays[this.engine.inputs];
  }
}
