import type { INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { ExpertError, refusal } from '../../nodes/CxoneExpert/api/expert-error.ts';
import { failureOf, nodeError } from '../../nodes/CxoneExpert/api/node-error.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

type NodeErrorClass = new (...args: unknown[]) => Error & { failure?: unknown };
type Errors = Record<'NodeApiError' | 'NodeOperationError', NodeErrorClass>;

interface Policy {
	pollFailureFromError(error: unknown, now: Date): object;
}

type Config = new () => Record<string, unknown>;
type Configs = Record<'SchedulerConfig' | 'WorkflowsConfig', Config>;
interface Backoff {
	PollBackoffService: new (...services: unknown[]) => {
		enabled: boolean;
	};
}

const node = { name: 'CXone Expert', type: 'cxoneExpert' } as INode;
const http = (status: number, retryAfterMs?: number) =>
	new ExpertError({ kind: 'http-status', status, retryAfterMs });
const setting = refusal({ message: 'No events are chosen', description: 'Choose one.' });

/* What n8n does with the cause of an error: docs/operating.md#causes-of-errors. */

describe.each(versions)('causes of errors in n8n %s', (version) => {
	it.each(['NodeApiError', 'NodeOperationError'] as const)(
		`%s of n8n ${version} takes a cause, or does without`,
		(name) => {
			const { [name]: NodeError } = n8nCode(version).package<Errors>('n8n-workflow');
			const failure = failureOf(http(401));
			const of = name === 'NodeApiError' ? {} : 'Not accepted';
			const error = new NodeError(node, of, { message: 'Not accepted', failure });
			expect(error.message).toBe('Not accepted');
			expect(error.failure).toEqual(version === newestN8n ? failure : undefined);
		},
	);
});

it.each<[what: string, error: ExpertError, expected: object]>([
	['a 401', http(401), { type: 'permanent', cause: 'credential-invalid' }],
	['a bad setting', setting, { type: 'permanent', cause: 'configuration-invalid' }],
	['a 403', http(403), { type: 'permanent', cause: 'configuration-invalid' }],
	['a 429', http(429, 9000), { type: 'transient', cause: 'rate-limited', retryAfterMs: 9000 }],
	['a 503', http(503), { type: 'transient', cause: 'temporarily-unavailable' }],
	[
		'a time-out',
		new ExpertError({ kind: 'timeout' }),
		{ type: 'transient', cause: 'temporarily-unavailable' },
	],
	[
		'no connection',
		new ExpertError({ kind: 'unreachable' }),
		{ type: 'transient', cause: 'temporarily-unavailable' },
	],
])(`n8n ${newestN8n} pauses polls after %s by its cause`, (_what, error, expected) => {
	const { pollFailureFromError } = n8nCode(newestN8n).module<Policy>(
		'workflows/triggers/poll-backoff-policy',
	);
	expect(pollFailureFromError(nodeError(node, error), new Date())).toMatchObject(expected);
});

/** As docs/operating.md names them. */
const NEEDED = ['enabled', 'enabledForPollTriggers', 'durableCursorsEnabled'];

it(`n8n ${newestN8n} pauses polls only with all of its scheduler's settings, which are off`, () => {
	const n8n = n8nCode(newestN8n);
	const { PollBackoffService } = n8n.module<Backoff>('workflows/triggers/poll-backoff.service');
	const { SchedulerConfig, WorkflowsConfig } = n8n.package<Configs>('@n8n/config');
	const pauses = (settings: string[]) => {
		const scheduler = new SchedulerConfig();
		for (const name of settings) scheduler[name] = true;
		const logger = { scoped: () => undefined };
		return new PollBackoffService({}, scheduler, new WorkflowsConfig(), logger, {}).enabled;
	};
	expect(pauses(NEEDED)).toBe(true);
	for (const name of NEEDED) expect(pauses(NEEDED.filter((each) => each !== name))).toBe(false);
});
