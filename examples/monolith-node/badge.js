// The picture of a badge.

const COLOURS = { 'up-to-date': '#2e7d32', 'out-of-date': '#b26a00', insecure: '#c62828', unknown: '#757575' };
const LABEL = 'dependencies';
const CHARACTER_WIDTH = 7;
const PADDING = 10;

export function badge(status, square) {
  const left = LABEL.length * CHARACTER_WIDTH + PADDING;
  const right = status.length * CHARACTER_WIDTH + PADDING;
  const width = left + right;
  const middle = [Math.floor(left / 2), left + Math.floor(right / 2)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${LABEL}: ${status}">
<title>${LABEL}: ${status}</title>
<clipPath id="edge"><rect width="${width}" height="20" rx="${square ? 0 : 3}"/></clipPath>
<g clip-path="url(#edge)"><rect width="${left}" height="20" fill="#424242"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[status]}"/></g>
<g fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="${middle[0]}" y="14">${LABEL}</text><text x="${middle[1]}" y="14">${status}</text></g>
</svg>
`;
}
