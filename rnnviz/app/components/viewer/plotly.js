/**
 * Plotly.js from the installed Python package, loaded once and only when something needs it.
 */

let loading = null;

/** Resolve to the Plotly object; a failed load may be tried again. */
export function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("./plotly.min.js", import.meta.url).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("plotly.min.js could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}
