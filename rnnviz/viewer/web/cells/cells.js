/**
 * The cells that the browser can compute, one file each. Nothing else names a cell: what a cell is
 * like stands in its file, and what Python tells of it comes with the numbers. A cell that is not
 * here is shown by its states alone.
 *
 * A cell has: `gates`, its blocks in Keras's order; `ofState`, those that go through the cell's own
 * activation; `candidate`, the block to which that is applied; `isActivation`, whether h is act(z)
 * and nothing else; `hasCell`, whether a second state stands beside h; `diagram`, how the gates make
 * the state; `step` and `jacobian`.
 */

import { CELL as gru } from "./gru.js";
import { CELL as lstm } from "./lstm.js";
import { CELL as simple } from "./simple_rnn.js";

const CELLS = { SimpleRNN: simple, LSTM: lstm, GRU: gru };

/** The cell of a layer; undefined where the browser does not know it. */
export function cellOf(layer) {
  return CELLS[layer.cell];
}
