import type { INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { ExpertError } from '../../nodes/CxoneExpert/api/expert-error.ts';
import { failureOf, nodeError } from '../../nodes/CxoneExpert/api/node-error.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

type NodeErrorClass = new (...args: unknown[]) => Error & { failure?: unknown };
type Errors = Record<'NodeApiError' | 'NodeOperationError', NodeErrorClass>;

interface Policy {
	pollFailureFromError(error: unknown, now: Date): object;
}

const node = { name: 'CXone Expert', type: 'cxoneExpert' } as INode;
const http = (status: number, retryAfterMs?: number) => new ExpertError({ kind: 'http-status', status, retryAfterMs });

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
	['a 429', http(429, 9000), { type: 'transient', cause: 'rate-limited', retryAfterMs: 9000 }],
	['a time-out', new ExpertError({ kind: 'timeout' }), { type: 'transient', cause: 'temporarily-unavailable' }],
])(`n8n ${newestN8n} pauses polls after %s by its cause`, (_what, error, expected) => {
	const { pollFailureFromError } = n8nCode(newestN8n).module<Policy>('workflows/triggers/poll-backoff-policy');
	expect(pollFailureFromError(nodeError(node, error), new Date())).toMatchObject(expected);
});
