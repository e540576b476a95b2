/**
 * Two components without a face. They live in a Streamlit fragment, so that what a viewer asks for
 * while it is being moved runs that fragment only, and not the whole page.
 */

import { channel } from "./channel.js";
import { readPayload } from "./payload.js";

/** Lends the viewer a way to ask Python; the answer comes through `deliver`. */
export function ask({ data, parentElement, setTriggerValue }) {
  hide(parentElement);
  channel(data.key).ask = (wish) => setTriggerValue("ask", wish);
}

/** Brings the viewer what it asked for: finer cells, or pictures of other settings. */
export function deliver({ data, parentElement }) {
  hide(parentElement);
  const parcel = readPayload(data);
  const meeting = channel(parcel.key);
  meeting.parcel = parcel;
  meeting.viewer?.receive(parcel);
}

function hide(parent) {
  parent.classList.add("rv-faceless");
}
