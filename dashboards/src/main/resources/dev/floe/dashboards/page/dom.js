/** Builds an element: attributes as an object (`class`, `aria-label`, …), children as nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Sets a node's text only when it differs, so that nothing untouched is laid out again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets, or with null removes, an attribute only when it differs. */
export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** Fills a select with [value, label] pairs, keeping the choice when it is still there. */
export function setOptions(select, pairs, chosen) {
  const same = select.options.length === pairs.length
    && pairs.every(([value, label], i) => select.options[i].value === value && select.options[i].text === label);
  if (!same) select.replaceChildren(...pairs.map(([value, label]) => el('option', { value }, label)));
  if (select.value !== chosen) select.value = chosen;
}

/** Runs `work` at most once per `milliseconds`, the last call never lost. */
export function throttle(milliseconds, work) {
  let timer = null;
  let last = -Infinity;
  return () => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      work();
    }, Math.max(0, last + milliseconds - performance.now()));
  };
}
