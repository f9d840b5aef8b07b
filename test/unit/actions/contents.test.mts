import { expect, it } from 'vitest';

import { tableOfContentsIn, textIn } from '../../../nodes/CxoneExpert/actions/contents.ts';
import { rootOf } from '../../support/unit/samples.mts';

const BODY = '<body>&lt;p&gt;Text&lt;/p&gt;</body>';
const TOC = '<body target="toc">&lt;ol&gt;&lt;/ol&gt;</body>';
const NO_TOC = '<body target="toc">&lt;em&gt;No headers&lt;/em&gt;</body>';
const OTHER = '<body target="sidebar">Other</body>';

it.each([
	['a text before its table of contents', `${BODY}${TOC}`, '<p>Text</p>', '<ol></ol>'],
	['a text behind everything else', `${OTHER}${TOC}${BODY}`, '<p>Text</p>', '<ol></ol>'],
	['a text alone', BODY, '<p>Text</p>', undefined],
	['a table of contents alone', TOC, '', '<ol></ol>'],
	['no headings', `${BODY}${NO_TOC}`, '<p>Text</p>', undefined],
	['another part alone', OTHER, '', undefined],
	['a title alone', '<head>x</head>', '', undefined],
])('textIn and tableOfContentsIn of contents with %s', (_case, inner, text, tableOfContents) => {
	const content = rootOf(`<content title="A">${inner}</content>`);
	expect(textIn(content)).toBe(text);
	expect(tableOfContentsIn(content)).toBe(tableOfContents);
});
