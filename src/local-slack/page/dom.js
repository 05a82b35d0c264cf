// Elements by function call. Strings become text nodes: there is no innerHTML anywhere on this page.

/** `h('a', { class: 'x', href, onclick }, 'text', node, null)`. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'value') element.value = value;
    else if (value === true) element.setAttribute(name, '');
    else element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * Makes `list` show `items` in order, keeping the elements of unchanged ones, so that focus and scrolling survive.
 * `signature` tells when an element must be drawn again.
 */
export function reconcile(list, items, { key, signature, draw }) {
  const existing = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let position = list.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const sign = signature(item);
    let element = existing.get(id);
    existing.delete(id);
    if (element === undefined || element.signature !== sign) {
      const fresh = draw(item);
      fresh.dataset.key = id;
      fresh.signature = sign;
      if (element !== undefined) {
        const focused = element.contains(document.activeElement)
          ? document.activeElement.dataset.focus
          : undefined;
        if (position === element) position = fresh;
        const hadFocus = element === document.activeElement;
        element.replaceWith(fresh);
        if (hadFocus) fresh.focus({ preventScroll: true });
        if (focused !== undefined)
          fresh.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      }
      element = fresh;
    }
    if (element === position) position = position.nextElementSibling;
    else list.insertBefore(element, position);
  }
  for (const gone of existing.values()) gone.remove();
}
