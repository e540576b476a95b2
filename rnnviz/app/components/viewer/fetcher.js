/**
 * A component without a face. It lives in a Streamlit fragment, so that what a viewer asks for while
 * it is being moved runs that fragment only, and not the whole page.
 */

import { meetingOf } from "./meeting.js";
import { readPayload } from "./payload.js";

/**
 * Lends the viewer a way to ask Python, and brings what it asked for: finer cells, or pictures of
 * other settings.
 */
export default function fetcher({ data, parentElement, setTriggerValue }) {
  parentElement.classList.add("rv-faceless");
  const parcel = readPayload(data);
  const meeting = meetingOf(parcel.key);
  meeting.ask = (wish) => setTriggerValue("wish", wish);
  meeting.parcel = parcel;
  meeting.viewer?.receive(parcel);
}
