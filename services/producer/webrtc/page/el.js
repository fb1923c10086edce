// An element with properties (never markup: names and labels come from strangers) and children.

export function el(name, properties = {}, children = []) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
