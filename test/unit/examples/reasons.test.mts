import { describe, expect, it } from 'vitest';
import { filesOf, textOf, tokensOf } from '../../support/unit/documents.mts';

/** Files that operators copy, and the values of the Helm chart. */
const files = [
	...filesOf('examples/deploy/*').filter((path) => !path.endsWith('.md')),
	'examples/deploy/.env.example',
	'docs/kubernetes.md',
];

describe('examples/deploy: each setting says why it is there', () => {
	it.each(files)(
		'%s: a setting has a comment on its line, above its paragraph, or on the block that it is in',
		(path) => {
			expect(withoutReason(configurationOf(path))).toEqual([]);
		},
	);

	it.each(files)('%s: a time has a comment on its line or directly above', (path) => {
		const bare = settingsOf(configurationOf(path)).filter(
			({ code, hasComment }) => /\b\d+(ms|s|m|h)\b/.test(code) && !hasComment,
		);
		expect(bare.map(({ code }) => code)).toEqual([]);
	});

	it.each([
		['a: 1\n\n# Why.\nb: 2\nc: 3\n\nd: 4 # why\n', ['a: 1']],
		['# Why.\na:\n  b: 1\n  c:\n    d: 2\ne: 3\n', ['d: 2', 'e: 3']],
		['a: |\n  b: 1\n\n  c: 2\n', ['a: |']],
		['# Why.\na {\n\tb 1;\n}\nc 2;\n', ['c 2;']],
		['a:\n  # Why.\n  - b: 1\n    c: 2\n  - d: 3 # why\n  - e\n', []],
	])('of %j nothing but %j has no comment', (text, bare) => {
		expect(withoutReason(text)).toEqual(bare);
	});
});

function configurationOf(path: string): string {
	if (!path.endsWith('.md')) return textOf(path);
	const values = tokensOf(textOf(path)).find(
		(token) => token.type === 'code' && token.lang === 'yaml',
	);
	return values!.raw.replaceAll(/^```.*$/gm, '');
}

interface Setting {
	code: string;
	/** On its line or directly above. */
	hasComment: boolean;
	/** Above its paragraph, or on the block that it is in. */
	sharesComment: boolean;
}

function withoutReason(text: string): string[] {
	const bare = settingsOf(text).filter((each) => !each.hasComment && !each.sharesComment);
	return bare.map(({ code }) => code);
}

/** The settings of YAML, nginx and Caddy: all indent their blocks. */
function settingsOf(text: string): Setting[] {
	const settings: Setting[] = [];
	const blocks: Array<{ indent: number; hasComment: boolean }> = [];
	/** How far the lines are indented that a comment above them in their paragraph is for. */
	let commented: number[] = [];
	let isBelowComment = false;
	for (const { indent, code, hasComment } of linesOf(text)) {
		if (code === '') {
			if (!hasComment) commented = [];
			isBelowComment = hasComment;
			continue;
		}
		while (blocks.length > 0 && blocks.at(-1)!.indent >= indent) blocks.pop();
		commented = commented.filter((each) => each <= indent);
		if (opensBlock(code)) {
			blocks.push({ indent, hasComment: hasComment || isBelowComment });
			commented = commented.filter((each) => each < indent);
		} else {
			if (isBelowComment) commented.push(indent);
			const sharesComment = commented.includes(indent) || (blocks.at(-1)?.hasComment ?? false);
			const setting = { code, hasComment: hasComment || isBelowComment, sharesComment };
			if (!isStructure(code)) settings.push(setting);
		}
		isBelowComment = false;
	}
	return settings;
}

/** Lines without those of texts in YAML. What follows "- " counts as indented by it. */
function linesOf(text: string) {
	const withoutTexts = text.replaceAll(/^( *)(.*[|>]-?)\n(?:\n*\1 .*\n)+/gm, '$1$2\n');
	return withoutTexts.split('\n').map((line) => {
		const [, space = '', rest = ''] = /^(\s*(?:- )*)(.*)$/.exec(line)!;
		const [code = '', comment] = rest.split(/(?:^|\s+)#(?: |$)/);
		return { indent: space.length, code, hasComment: comment !== undefined };
	});
}

function opensBlock(code: string): boolean {
	return code.endsWith('{') || /^[\w.-]+:( &[\w-]+)?$/.test(code);
}

/** Ends of blocks, and what repeats something that is elsewhere. */
function isStructure(code: string): boolean {
	return code === '}' || code.startsWith('import ') || /: \*[\w-]+$/.test(code);
}
