/**
 * Whether `text` is of the form of `pattern`, in which `*` stands for any text, the empty one included. Takes at most the product of their
 * lengths, whatever they are.
 */
export function isLike(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  let lastStar = -1;
  let afterStar = 0;
  while (inText < text.length) {
    if (pattern[inPattern] === '*') {
      lastStar = inPattern;
      afterStar = inText;
      inPattern += 1;
    } else if (pattern[inPattern] === text[inText]) {
      inPattern += 1;
      inText += 1;
    } else if (lastStar >= 0) {
      afterStar += 1;
      inPattern = lastStar + 1;
      inText = afterStar;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
