import { describe, expect, it } from 'vitest';

import { tableOfContentsIn, textIn } from '../../../../nodes/CxoneExpert/actions/page/contents.ts';
import { rootOf } from '../../../support/unit/samples.mts';

const BODY = '<body>&lt;p&gt;Text&lt;/p&gt;</body>';
const TOC = '<body target="toc">&lt;ol&gt;&lt;/ol&gt;</body>';
const OTHER = '<body target="sidebar">Other</body>';

describe('textIn and tableOfContentsIn', () => {
	it.each([
		['before its table of contents', `<content>${BODY}${TOC}</content>`],
		['behind its table of contents', `<content>${OTHER}${TOC}${BODY}</content>`],
	])('textIn and tableOfContentsIn tell a text apart that stands %s', (_case, xml) => {
		expect(textIn(rootOf(xml))).toBe('<p>Text</p>');
		expect(tableOfContentsIn(rootOf(xml))).toBe('<ol></ol>');
	});

	it.each([
		['nothing', '<content/>'],
		['an empty body', '<content><body/></content>'],
		['a title alone', '<content title="A"><head>x</head></content>'],
		['another part alone', `<content>${OTHER}</content>`],
	])(
		'textIn is empty, and there is no table of contents, where the response has %s',
		(_case, xml) => {
			expect(textIn(rootOf(xml))).toBe('');
			expect(tableOfContentsIn(rootOf(xml))).toBeUndefined();
		},
	);

	it('textIn takes no table of contents for a text, nor the other way round', () => {
		expect(textIn(rootOf(`<content>${TOC}</content>`))).toBe('');
		expect(tableOfContentsIn(rootOf(`<content>${BODY}</content>`))).toBeUndefined();
	});
});
