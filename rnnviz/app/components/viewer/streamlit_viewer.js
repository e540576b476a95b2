/**
 * The viewer as a Streamlit component: an adapter to the contract (viewer/CONTRACT.md), with what only
 * Streamlit's page has: its sliders, and the container where it says what the picture shows.
 */

import { LiveKnobs } from "./live.js";
import { meetingOf } from "./meeting.js";
import { Said } from "./said.js";
import { kept } from "./streamlit_lifecycle.js";
import { mount } from "./viewer.js";

/** Entry point: mount or update the viewer in a component's element. */
export default kept((element) => new StreamlitViewer(element));

class StreamlitViewer {
  constructor(element) {
    this.viewer = mount({
      element,
      tell: (name, value) => this.setStateValue(name, value),
      help: () => document.dispatchEvent(new CustomEvent("rnnviz:keys")),
    });
    this.said = new Said(() => this.viewer.base?.saidIn);
    this.live = new LiveKnobs(this.viewer, this.said, (wish) => this.meeting.ask?.(wish));
  }

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    this.viewer.update(data);
    this.#meet();
    this.live.renew(this.viewer.base);
  }

  /** Find the component that serves this viewer, and what it brought to an earlier life of it. */
  #meet() {
    this.meeting = meetingOf(this.viewer.base.key);
    if (this.meeting.viewer === this) return;
    this.meeting.viewer = this;
    if (this.meeting.parcel?.tiles) this.viewer.receive(this.meeting.parcel);
  }

  /** Something came that this viewer asked for. */
  receive(parcel) {
    if (parcel.pictures) this.live.take(parcel);
    else this.viewer.receive(parcel);
  }

  destroy() {
    this.viewer.destroy();
    this.said.own();
    this.live.destroy();
    if (this.meeting?.viewer === this) this.meeting.viewer = null;
  }
}
