import { expect } from 'vitest';
import type { NodeOperationError } from 'n8n-workflow';
import type { FailureCause } from '../../../nodes/CxoneExpert/api/node-error.ts';
import { n8nWorkflow } from './n8n.mts';

const CAUSES: readonly unknown[] = [...n8nWorkflow.TIMED_CAUSES, ...n8nWorkflow.ACTIONABLE_CAUSES];

/** What n8n gets says in n8n's own terms whether waiting helps. */
export function withCause<E>(error: E): E {
	// Without the error's message, which a caller may expect.
	expect(CAUSES).toContain(causeOf(error));
	return error;
}

export function causeOf(error: unknown): FailureCause | undefined {
	return (error as NodeOperationError).failure?.cause;
}
