// Elements made of text: no name is ever read as markup.

/**
 * An element.
 * @param {string} tag @param {string|Node|(string|Node)[]} [content]
 * @param {Object<string, string>} [attributes] @returns {HTMLElement}
 */
export function element(tag, content = [], attributes = {}) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
/**
 * An element whose text does not turn the direction of what is around it.
 * @param {string} tag @param {string|Node} content @param {Object<string, string>} [attributes]
 * @returns {HTMLElement}
 */
export const isolated = (tag, content, attributes) => element(tag, element("bdi", content), attributes);
