import type { ITriggerFunctions, NodeOperationError } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import {
	Alerts,
	type Finding,
	FINDINGS,
	type FindingKind,
	type Subject,
} from '../../../../nodes/CxoneExpert/trigger/watch/alerts.ts';

afterEach(() => void vi.useRealTimers());

const message = { message: 'The site could not be reached', description: 'Check it.' };
const found = (finding: FindingKind): Finding => ('message' in FINDINGS[finding] ? { finding } : { finding, message });

/** Reports findings one after the other. */
function alerts() {
	const failures: NodeOperationError[] = [];
	const warn = vi.fn();
	const n8n = {
		getNode: () => ({ name: 'Trigger' }),
		logger: { warn, info: vi.fn() },
		saveFailedExecution: (error: NodeOperationError) => void failures.push(error),
	} as unknown as ITriggerFunctions;
	const all = new Alerts(n8n);
	/** Whether each was reported. */
	const report = (findings: FindingKind[], subject: Subject = 'webhook') =>
		findings.map((finding) => {
			warn.mockClear();
			all.report(subject, found(finding));
			return warn.mock.calls.length > 0;
		});
	return { report, failures, warn };
}

describe('when a finding is reported', () => {
	const [AWAY, NO] = ['unreachable', 'refused'] as const;
	it.each<[string, findings: FindingKind[], reported: FindingKind[]]>([
		['nothing of a webhook that is fine or repaired', ['fine', 'repaired', 'fine'], []],
		['a site that is away after the third check, once', [AWAY, AWAY, AWAY, AWAY], [AWAY]],
		['no site that is away now and then', [AWAY, AWAY, 'fine', AWAY], []],
		['a refusal once', [NO, NO, NO], [NO]],
		['a refusal after an outage, and not what returns', [AWAY, AWAY, AWAY, NO, NO], [AWAY, NO]],
		['the next outage again', [NO, 'fine', NO, 'repaired', NO], [NO, NO, NO]],
	])('Alerts reports %s', (_what, findings, reported) => {
		const isReported = alerts().report(findings);
		expect(findings.filter((_finding, index) => isReported[index])).toEqual(reported);
	});

	it('each subject is reported independently', () => {
		const { report, failures } = alerts();
		for (const subject of ['webhook', 'deliveries', 'changes', 'deletions'] as const)
			expect(report(['refused', 'refused'], subject)).toEqual([true, false]);
		expect(failures.map((failure) => failure.message)).toEqual([
			...[message.message, message.message],
			`Missed changes cannot be recovered for now: ${message.message}`,
			`Missed deletions cannot be recovered for now: ${message.message}`,
		]);
	});
});

it.each<[FindingKind, boolean]>([
	['registered elsewhere', false],
	['never registered', true],
	['paused', true],
	['deliveries refused', true],
])('"%s" says what to do; as a failed execution: %s', (finding, fails) => {
	const { report, failures, warn } = alerts();
	report([finding]);
	expect(warn.mock.calls[0]![0]).toMatch(/^CXone Expert webhook of "Trigger": .+\. .+\.$/);
	expect(failures).toHaveLength(fails ? 1 : 0);
});
