/**
 * A figure as a Streamlit component: an adapter to the contract (viewer/CONTRACT.md).
 */

import { mount } from "./figure.js";
import { kept } from "./streamlit_lifecycle.js";

export default kept((element) => {
  let tell = null;
  const figure = mount({ element, tell: (name, value) => tell(name, value) });
  return {
    update({ data, setStateValue }) {
      tell = setStateValue;
      return figure.update(data);
    },
    destroy: () => figure.destroy(),
  };
});
