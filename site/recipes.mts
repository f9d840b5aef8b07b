import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The page of recipes: each line of the list in examples/workflows/README.md becomes a card, with all that the
 * workflow itself says.
 */

interface WorkflowNode {
	name: string;
	type: string;
	position: [x: number, y: number];
	parameters: { content?: string };
}

interface Target {
	node: string;
}

interface Workflow {
	name: string;
	nodes: WorkflowNode[];
	/** By the name of the node that they leave, and by kind. */
	connections: Record<string, Record<string, Target[][]>>;
}

const NOTE = 'n8n-nodes-base.stickyNote';
const OURS = 'n8n-nodes-cxone-expert.';
const WHAT_TO_FILL_IN = /^### What to fill in\s+/;

/** Size of a node in the picture. n8n's own are 220 apart. */
const [WIDTH, HEIGHT] = [172, 64];
const MARGIN = 8;
/** Room below for the line of a loop. */
const LOOP = 40;
/** Pixels for one of the canvas: names stay readable, and a wide canvas is scrolled. */
const SCALE = 0.7;
/** Boxes are lower than n8n's, so rows stand closer. */
const ROWS = 0.75;
/** Signs that fit into a box; a longer text is set closer. */
const [NAME_CHARS, KIND_CHARS] = [19, 19];

/** Replaces the lines that name a workflow by cards. @param folder of the list and the workflows */
export function withCards(list: string, folder: string): string {
	return list.replace(/^- \[.+?\]\((.+?\.json)\): (.+)$/gm, (_line, file: string, summary: string) => {
		const workflow = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Workflow;
		return card(file, summary, workflow);
	});
}

/** @throws for a workflow that does not say what to fill in */
function card(file: string, summary: string, { name, nodes, connections }: Workflow): string {
	const note = nodes.find(({ parameters: { content = '' } }) => WHAT_TO_FILL_IN.test(content));
	if (note === undefined) throw new Error(`${file} has no note "What to fill in"`);
	const steps = nodes
		.filter(({ type }) => type !== NOTE)
		.map((node) => ({ ...node, position: [node.position[0], node.position[1] * ROWS] as [number, number] }));
	return [
		`\n## ${name}`,
		summary,
		`<div class="canvas" tabindex="0">${pictureOf(steps, connections, name)}</div>`,
		`<button class="copy-workflow" type="button" data-file="${file}">Copy workflow</button> or [open the file](${file})`,
		`<details><summary>What to fill in</summary>`,
		note.parameters.content!.replace(WHAT_TO_FILL_IN, ''),
		'</details>\n',
	].join('\n\n');
}

function pictureOf(nodes: WorkflowNode[], connections: Workflow['connections'], name: string): string {
	const [xs, ys] = [0, 1].map((axis) => nodes.map(({ position }) => position[axis]!)) as [number[], number[]];
	const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN];
	const width = Math.max(...xs) + WIDTH + MARGIN - left;
	const height = Math.max(...ys) + HEIGHT + LOOP - top;
	const size = `width="${Math.round(width * SCALE)}" height="${Math.round(height * SCALE)}"`;
	const lines = linesOf(nodes, connections).join('');
	const boxes = nodes.map(boxOf).join('');
	const label = escaped(`The canvas of ${name}: ${nodes.map((node) => node.name).join(', ')}`);
	return `<svg role="img" aria-label="${label}" viewBox="${left} ${top} ${width} ${height}" ${size}>${lines}${boxes}</svg>`;
}

function linesOf(nodes: WorkflowNode[], connections: Workflow['connections']): string[] {
	const places = new Map(nodes.map(({ name, position }) => [name, position]));
	return Object.entries(connections).flatMap(([from, kinds]) =>
		Object.entries(kinds).flatMap(([kind, outputs]) =>
			outputs.flat().map(({ node }) => lineBetween(places.get(from)!, places.get(node)!, kind)),
		),
	);
}

/** A tool or a model hangs below its agent, on a dashed line. */
function lineBetween([fromX, fromY]: [number, number], [toX, toY]: [number, number], kind: string): string {
	if (kind !== 'main') {
		const [startX, startY, endX, endY] = [fromX + WIDTH / 2, fromY, toX + WIDTH / 2, toY + HEIGHT];
		const half = (startY + endY) / 2;
		return `<path class="part" d="M${startX} ${startY}C${startX} ${half} ${endX} ${half} ${endX} ${endY}"/>`;
	}
	const [startX, startY, endY] = [fromX + WIDTH, fromY + HEIGHT / 2, toY + HEIGHT / 2];
	// The line of a loop goes back below the nodes.
	if (toX < startX) {
		const low = Math.max(startY, endY) + HEIGHT / 2 + LOOP;
		return `<path d="M${startX} ${startY}C${startX + 60} ${low} ${toX - 60} ${low} ${toX} ${endY}"/>`;
	}
	const bend = Math.max((toX - startX) / 2, 20);
	return `<path d="M${startX} ${startY}C${startX + bend} ${startY} ${toX - bend} ${endY} ${toX} ${endY}"/>`;
}

function boxOf({ name, type, position: [x, y] }: WorkflowNode): string {
	const owner = type.startsWith(OURS) ? 'ours' : 'other';
	const box = `<rect class="${owner}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="10"/>`;
	const middle = x + WIDTH / 2;
	const label = `<text x="${middle}" y="${y + 28}"${fit(name, NAME_CHARS)}>${escaped(name)}</text>`;
	const kind = kindOf(type);
	return `${box}${label}<text class="kind" x="${middle}" y="${y + 49}"${fit(kind, KIND_CHARS)}>${escaped(kind)}</text>`;
}

function fit({ length }: string, maxChars: number): string {
	return length > maxChars ? ` textLength="${WIDTH - 12}" lengthAdjust="spacingAndGlyphs"` : '';
}

/** `n8n-nodes-base.splitInBatches` becomes `split In Batches`, which the style sheet begins with a capital. */
function kindOf(type: string): string {
	if (type.startsWith(OURS)) return `CXone Expert${/Trigger$/.test(type) ? ' Trigger' : ''}`;
	return type.replace(/^.+\.(lm(?=Chat))?/, '').replace(/([a-z])(?=[A-Z])/g, '$1 ');
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
