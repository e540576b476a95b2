/**
 * The diagram as a Streamlit component: an adapter to the contract (viewer/CONTRACT.md).
 */

import { mount } from "./network.js";
import { kept } from "./streamlit_lifecycle.js";

export default kept((element) => {
  let tell = null;
  const view = mount({ element, tell: (name, value) => tell(name, value) });
  return {
    update({ data, setTriggerValue }) {
      tell = setTriggerValue;
      view.update(data);
    },
    destroy: () => view.destroy(),
  };
});
