/**
 * One picture by itself: the viewer and nothing around it, for a frame in a page that has no Python.
 */

import { unzipped } from "./file_block.js";
import { mount } from "./viewer.js";

/** Show a payload, from the text of its data element. */
export async function open(element, text) {
  return mount({ element, data: await unzipped(text) });
}
