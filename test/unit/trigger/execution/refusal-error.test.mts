import type { INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../../nodes/CxoneExpert/shared/rejection.ts';
import { throwRefusal } from '../../../../nodes/CxoneExpert/trigger/execution/refusal-error.ts';
import { refusalItem } from '../../../../nodes/CxoneExpert/trigger/refusal-item.ts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';

const since = '2026-11-26T08:00:00.000Z';

/** The item of ten refusals, the last of them for this reason. */
const refusal = (reason: RejectionReason): INodeExecutionData => ({
	json: refusalItem({ at: 1, reason, deliveryId: 'd-1' }, { count: 10, since: Date.parse(since) }),
});

/** What the execution of these items fails with, and what it is found by. */
function thrown(items: INodeExecutionData[], mode: 'webhook' | 'manual' = 'webhook') {
	const { context, highlighted } = executionAt(nodeState({ mode }), { items });
	let error: unknown;
	try {
		throwRefusal(context);
	} catch (caught) {
		error = caught;
	}
	const { message = '', description = '' } = (error ?? {}) as NodeOperationError;
	return { error, message, description: description ?? '', highlighted: [...highlighted] };
}

describe('throwRefusal', () => {
	it.each<[string, INodeExecutionData[]]>([
		['an event', [{ json: { deliveryId: 'd-1', receivedAt: since } }]],
		['no item', []],
	])('throwRefusal lets the execution of %s go on', (_case, items) => {
		expect(thrown(items)).toMatchObject({ error: undefined, highlighted: [] });
	});

	it('throwRefusal fails with what n8n shows, and the execution is found by the delivery', () => {
		const { error, highlighted } = thrown([refusal('signature wrong')]);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(highlighted).toEqual([['deliveryId', 'd-1']]);
	});
});

describe('throwRefusal in production', () => {
	it('throwRefusal says how many, why, since when and what to do', () => {
		expect(thrown([refusal('signature wrong')])).toMatchObject({
			message:
				'n8n has refused 10 deliveries in a row, the last one because its signature does not match the Signing Secret',
			description: expect.stringMatching(
				/^Enter the Signing Secret .+ n8n responded 401 to delivery d-1\. No genuine delivery has arrived since 2026-11-26T08:00:00\.000Z\. .+ once an hour at most\.$/,
			),
		});
	});

	it.each(Object.entries(STATUS_BY_REASON) as Array<[RejectionReason, number]>)(
		'throwRefusal names the response to "%s", %i',
		(reason, status) => {
			const { description } = thrown([refusal(reason)]);
			expect(description).toContain(`n8n responded ${status} to delivery d-1.`);
		},
	);
});

describe('throwRefusal in a test', () => {
	it.each([
		['signature wrong', 'A delivery from Expert has arrived, but its signature'],
		['body incomplete', 'A delivery from Expert has arrived, but its body'],
		// Anybody may have sent it.
		['authorization wrong', 'A delivery has arrived, but its Authorization'],
		['authorization missing', 'A delivery has arrived, but it has no Authorization'],
	] as Array<[RejectionReason, string]>)(
		'throwRefusal names Expert only when the sender knew the token: %s',
		(reason, start) => {
			const { message } = thrown([refusal(reason)], 'manual');
			expect(message.slice(0, start.length)).toBe(start);
		},
	);

	it('throwRefusal says what to do and what the sender got, nothing of a row of refusals', () => {
		const { description } = thrown([refusal('delivery id missing')], 'manual');
		expect(description).toMatch(
			/^Expert sends it with each delivery\. .+ n8n responded 400 to delivery d-1\.$/,
		);
	});
});
