/**
 * Streamlit calls a component's default export whenever its data changed, with the same element.
 */

const living = new WeakMap();

/**
 * The default export of a component that lives as long as its element.
 *
 * @param {function} make (element) -> object with update(component) and destroy()
 */
export function kept(make) {
  return async (component) => {
    const { parentElement } = component;
    if (!living.has(parentElement)) living.set(parentElement, make(parentElement));
    await living.get(parentElement).update(component);
    // Streamlit also runs the clean-up of a call that a newer one overtook: only what has really left
    // the page may be taken down.
    return () => setTimeout(() => parentElement.isConnected || takeDown(parentElement));
  };
}

function takeDown(element) {
  living.get(element)?.destroy();
  living.delete(element);
}
