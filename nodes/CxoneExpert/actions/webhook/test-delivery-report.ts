import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import type { Webhook } from '../../api/webhooks';
import { type VerifiedParts, VERIFIED_HEADER } from '../../shared/test-delivery';
import type { TestOutcome } from './test-delivery';
import type { Fault, Stage } from './test-delivery-faults';

/** What the report is about. */
export interface TestReport {
	webhook: Webhook;
	/** What a trigger with the credential of this node expects. Secret. */
	authorization: string;
	/** Absent when nothing was sent. */
	outcome?: TestOutcome;
	/** Where the delivery got stuck, if it did. */
	fault?: Fault | undefined;
}

interface Step {
	step: string;
	result: 'ok' | 'failed' | 'not checked';
	detail?: string;
	whatToDo?: string;
}

/** The way of a delivery, in its order. */
const WAY: Array<[Stage, string]> = [
	['address', 'The address is public and uses https'],
	['connection', 'Something responds there'],
	['certificate', 'The certificate is trusted'],
	['trigger', 'It is the trigger that responds'],
	['headers', 'The headers come through'],
	['signature', 'The signature is accepted'],
	['time', 'The response comes within one second'],
];

/** The item: whether deliveries arrive, else the first thing to do about it, and each step. */
export function testReport(report: TestReport): IDataObject {
	const { webhook, outcome } = report;
	const steps = [...waySteps(report), authorizationStep(report), enabledStep(webhook)];
	const failed = steps.find(({ result }) => result === 'failed');
	return compact({
		...{ id: webhook.id, url: webhook.url, works: failed === undefined },
		...{ problem: failed?.detail, whatToDo: failed?.whatToDo },
		...{ status: outcome?.response.status || undefined, responseMs: outcome?.responseMs },
		...{ deliveryId: outcome?.deliveryId, steps: steps.map(compact) },
	});
}

/** Up to a fault every step is passed; what comes after it nobody knows. */
function waySteps(report: TestReport): Step[] {
	const { fault } = report;
	const stuckAt =
		fault === undefined ? WAY.length : WAY.findIndex(([each]) => each === fault.stage);
	return WAY.map(([stage, step], position) => {
		if (position < stuckAt) return passedStep(stage, step, report);
		if (fault === undefined || position > stuckAt) return { step, result: 'not checked' };
		return { step, result: 'failed', detail: fault.problem, whatToDo: fault.whatToDo };
	});
}

function passedStep(stage: Stage, step: string, { webhook, outcome }: TestReport): Step {
	const verified = outcome?.response.headers[VERIFIED_HEADER] as VerifiedParts | undefined;
	if (stage === 'certificate' && !webhook.url.startsWith('https:')) {
		return { step, result: 'not checked', detail: 'The address uses http on this machine.' };
	}
	if (stage === 'signature' && verified === 'token') {
		return { step, result: 'not checked', detail: 'In the trigger, "Verify Signature" is off.' };
	}
	if (stage !== 'time') return { step, result: 'ok' };
	const detail = `${outcome?.responseMs} ms from this n8n. From Expert it is farther.`;
	return { step, result: 'ok', detail };
}

/** Expert sends what is registered; the test was sent with what the credential says. */
function authorizationStep({ webhook, authorization }: TestReport): Step {
	const step = 'Expert sends the right Authorization';
	if (webhook.authorization === '') {
		return { step, result: 'not checked', detail: 'The site does not show what it sends.' };
	}
	if (webhook.authorization === authorization) return { step, result: 'ok' };
	return {
		step,
		result: 'failed',
		detail: 'The Authorization value that Expert sends is not the one of this credential.',
		whatToDo:
			'Unpublish and publish the workflow of the trigger, or use Webhook > Update > Renew Authorization.',
	};
}

function enabledStep({ active }: Webhook): Step {
	const step = 'The webhook is enabled';
	if (active) return { step, result: 'ok' };
	return {
		step,
		result: 'failed',
		detail: 'The webhook is disabled, so Expert delivers nothing to it.',
		whatToDo: 'Enable it with Webhook > Enable once the other steps are passed.',
	};
}
