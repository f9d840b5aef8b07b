import type { IWebhookFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { TEST_EVENT_TYPE } from '../../../../nodes/CxoneExpert/protocol/test-delivery.ts';
import { DeliveryRejected } from '../../../../nodes/CxoneExpert/protocol/rejection.ts';
import { DeliveryResponse } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { changesAt } from '../../../../nodes/CxoneExpert/trigger/state/progress.ts';
import { n8nOf } from '../../../support/unit/n8n-of.mts';

/** The response to a delivery at a node that is watched, and whether the watch expects changes to be missing. */
function responseTo(headers: Record<string, unknown> = {}) {
	const theirs = { getHeaderNames: () => [], setHeader: () => {}, end: () => {} };
	const n8n = {
		...n8nOf({ headers }),
		getResponseObject: () => theirs,
	} as unknown as IWebhookFunctions;
	const changes = changesAt(n8n);
	changes.published(0, undefined);
	const isMissing = () => changes.progress?.missingAt !== undefined;
	return { response: new DeliveryResponse(n8n), isMissing };
}

it('the watch expects a delivery to be missing that had got 200 and could not be saved', () => {
	const { response, isMissing } = responseTo();
	response.accept();
	response.tellToRetry('not saved');
	expect(isMissing()).toBe(true);
});

it.each([
	['a forged delivery', {}, true],
	['a test delivery', { 'x-nexus-event-type': TEST_EVENT_TYPE }, false],
])('a rejection of %s makes the watch expect nothing', (_case, headers, isReported) => {
	const { response, isMissing } = responseTo(headers);
	expect(response.reject(new DeliveryRejected('authorization wrong'))).toBe(isReported);
	expect(isMissing()).toBe(false);
});
