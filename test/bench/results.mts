import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { figuresTable } from '../support/figures-table.mts';
import { n8nVersion } from '../support/n8n/runtime.mts';
import { type Chart, svgOf } from './plot.mts';

/** How much is measured. */
export interface Size {
	rounds: number;
	/** Length of one. */
	seconds: number;
}

/** One section of RESULTS.md, the whole of it. */
export interface Section {
	heading: string;
	/** What was done; no figures, for they change. */
	text: string;
	rows: Array<Record<string, unknown>>;
	chart: Chart;
}

const file = (name: string) => join(import.meta.dirname, name);

export function printed({ heading, rows }: Section): string {
	return `\n${heading}: ${machine()}\n\n${figuresTable(rows)}`;
}

/** Puts the section in the place of the one that the same command has written before, and its plot beside it. */
export async function write(command: string, section: Section, rounds: string): Promise<void> {
	const { heading, text, rows, chart } = section;
	const mark = `\`npm run bench -- ${command}\``;
	const content = [
		`## ${heading}`,
		`${mark}: ${rounds}. ${text}`,
		`Machine: ${machine()}`,
		`![${chart.title}](${command}.svg)`,
		figuresTable(rows),
	].join('\n\n');
	const results = await readFile(file('RESULTS.md'), 'utf8');
	const sections = results.trim().split(/\n\n(?=## )/);
	const before = sections.findIndex((each) => each.includes(mark));
	sections.splice(before < 0 ? sections.length : before, 1, content);
	await writeFile(file('RESULTS.md'), `${sections.join('\n\n')}\n`);
	await writeFile(file(`${command}.svg`), svgOf(chart));
}

function machine(): string {
	const [{ model }, { length }] = [cpus()[0]!, cpus()];
	const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
	const versions = `Node ${process.versions.node}, n8n ${n8nVersion}`;
	const day = new Date().toISOString().slice(0, 10);
	return `${length} × ${model}, ${memory}, ${versions}, ${day}`;
}
