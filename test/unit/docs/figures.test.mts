import { describe, expect, it } from 'vitest';
import { numberInCode } from '../../support/unit/code-texts.mts';
import { textOf } from '../../support/unit/documents.mts';

const number = (path: string, constant: string, unit = 1) =>
	(numberInCode(path, constant) / unit).toLocaleString('en');
const SECOND = 1000;
const MINUTE = 60_000;
const inWords = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const word = (path: string, constant: string, unit = 1) =>
	inWords[numberInCode(path, constant) / unit] ?? `${path} ${constant}`;

/** Sentences with a number that a constant of the code decides. */
const sentences: Array<[document: string, sentence: string]> = [
	[
		'docs/reliability.md',
		`not confirmed the execution within ${number('trigger/delivery/deadline.ts', 'RESPONSE_DEADLINE_MS')} ms`,
	],
	[
		'docs/reliability.md',
		`more than ${number('shared/signature.ts', 'MAX_CLOCK_SKEW_SECONDS', 60)} minutes ahead`,
	],
	[
		'docs/reliability.md',
		`checks every ${word('trigger/parameters.ts', 'DEFAULT_CHECK_MINUTES')} minutes`,
	],
	[
		'docs/reliability.md',
		`asked, ${word('trigger/watch/findings.ts', 'REPORT_AFTER_CHECKS')} times in a row`,
	],
	[
		'docs/reliability.md',
		`next begins after ${word('trigger/watch/start-recovered.ts', 'MAX_WAIT_MS', SECOND)} seconds`,
	],
	[
		'docs/reliability.md',
		`more than ${word('trigger/delivery/dedup/elsewhere.ts', 'KNOWN_BY_WORKERS_MS', MINUTE)} minutes old`,
	],
	[
		'docs/reliability.md',
		`worker for ${word('n8n/processed-items.ts', 'MAX_WAIT_MS', SECOND)} seconds`,
	],
	[
		'docs/reliability.md',
		`type and time (${word('trigger/execution/unnamed-page.ts', 'TOLERANCE_MS', SECOND)} seconds)`,
	],
	['docs/events.md', `up to ${number('api/xml.ts', 'MAX_DOCUMENT_CHARS', 1024)} KiB`],
	[
		'docs/security.md',
		`its XML is parsed up to ${number('api/xml.ts', 'MAX_DOCUMENT_CHARS', 1024)} KiB`,
	],
	[
		'docs/security.md',
		`parsed up to ${number('api/xml.ts', 'MAX_RESPONSE_CHARS', 1024 * 1024)} MiB`,
	],
	['docs/security.md', `in any XML | ${number('api/xml.ts', 'MAX_NESTING')} |`],
	[
		'docs/trigger.md',
		`within ${word('trigger/execution/unnamed-page.ts', 'TOLERANCE_MS', SECOND)} seconds`,
	],
	[
		'docs/trigger.md',
		`together take ${word('trigger/execution/site-client.ts', 'BUDGET_MS', SECOND)} seconds at most`,
	],
	[
		'docs/trigger.md',
		`from ${number('trigger/delivery/deadline.ts', 'PRESUMPTION_MS', SECOND)} seconds after`,
	],
	[
		'docs/trigger.md',
		`At most ${number('trigger/delivery/batch/line.ts', 'MAX_BATCH_ITEMS')} items`,
	],
	[
		'docs/trigger.md',
		`or ${number('trigger/delivery/batch/line.ts', 'MAX_BATCH_BYTES', 1024 * 1024)} MB, go together`,
	],
	[
		'docs/trigger.md',
		`up to ${word('trigger/delivery/dedup/delivery-store.ts', 'MAX_GROWTH_FACTOR')} times the number`,
	],
	[
		'docs/trigger.md',
		`interval is ${word('trigger/parameters.ts', 'MIN_CHECK_MINUTES', 1 / 60)} seconds at the least`,
	],
	[
		'docs/credential.md',
		`counts for ${word('n8n/credential-cache.ts', 'CREDENTIAL_TTL_MS', SECOND)} more seconds`,
	],
	['docs/credential.md', `From ${number('shared/token-expiry.ts', 'WARNING_DAYS')} days before`],
	['docs/operating.md', `within ${number('shared/token-expiry.ts', 'WARNING_DAYS')} days`],
	['docs/operations.md', `once in ${word('api/token-check.ts', 'CACHE_TTL_MS', MINUTE)} minutes`],
	[
		'docs/troubleshooting.md',
		`fit into ${number('n8n/highlight.ts', 'MAX_HIGHLIGHT_CHARS')} characters`,
	],
];

describe('figures in documents', () => {
	it.each(sentences)('%s says what the code does: %s', (document, sentence) => {
		expect(textOf(document)).toContain(sentence);
	});

	it('numbers of the code are found with their factors', () => {
		expect(numberInCode('trigger/watch/gap.ts', 'OVERLAP_MS')).toBe(3_600_000);
		expect(() => numberInCode('trigger/watch/gap.ts', 'NOTHING')).toThrow('has no number NOTHING');
	});
});
