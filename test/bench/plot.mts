import type { Spread } from './in-turn.mts';

export interface Bar extends Spread {
	label: string;
}

export interface Chart {
	title: string;
	groups: Array<{ name: string; bars: Bar[] }>;
}

const [ROW, LEFT, WIDTH, RIGHT] = [20, 260, 400, 100];
const COLOURS = ['#8c8c8c', '#e69f00', '#0072b2', '#009e73', '#56b4e9', '#cc79a7'];

/** Bars in groups, each with a line from the least to the most of its rounds. The colour goes by the place in the group. */
export function svgOf({ title, groups }: Chart): string {
	const scale = WIDTH / Math.max(...groups.flatMap(({ bars }) => bars.map(({ high }) => high)));
	let y = ROW;
	const lines = [text(10, y, title, 'font-weight="bold"')];
	for (const { name, bars } of groups) {
		lines.push(text(10, (y += 1.5 * ROW), name, 'font-style="italic"'));
		for (const [index, bar] of bars.entries()) {
			lines.push(...barLines(bar, (y += ROW), scale, COLOURS[index % COLOURS.length]!));
		}
	}
	const size = [LEFT + WIDTH + RIGHT, y + ROW];
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" font-family="sans-serif" font-size="13">`,
		'<rect width="100%" height="100%" fill="white"/>',
		...lines,
		'</svg>\n',
	].join('\n');
}

function barLines({ label, value, low, high }: Bar, y: number, scale: number, colour: string) {
	const at = (figure: number) => (LEFT + figure * scale).toFixed(1);
	const [top, middle] = [y - 13, y - 5];
	return [
		text(LEFT - 8, y, label, 'text-anchor="end"'),
		`<rect x="${LEFT}" y="${top}" width="${(value * scale).toFixed(1)}" height="16" fill="${colour}"/>`,
		`<path d="M${at(low)} ${middle}H${at(high)}" stroke="black"/>`,
		text(Number(at(high)) + 6, y, String(Number(value.toPrecision(3)))),
	];
}

function text(x: number, y: number, content: string, style = ''): string {
	const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
	return `<text x="${x}" y="${y}" ${style}>${escaped}</text>`;
}
