import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../../api/elements';
import type { Webhook } from '../../../api/webhooks';
import { VERIFIED_HEADER, type VerifiedParts } from '../../../protocol/test-delivery';
import { type Fault, type Stage, STAGES } from './faults';
import type { TestOutcome } from './send';

export interface TestResult {
	/** Absent if nothing was sent. */
	outcome?: TestOutcome;
	fault?: Fault | undefined;
}

interface TestReport extends TestResult {
	webhook: Webhook;
	/** Secret value that a trigger with this credential expects. */
	authorization: string;
}

type Advice = Pick<Fault, 'problem' | 'whatToDo'>;

interface Step {
	step: string;
	/** `null`: unknown. */
	ok: boolean | null;
	message: string;
	advice?: Advice;
}

/** Reports whether deliveries arrive, else the first thing to do, and each step. */
export function testReport(report: TestReport): IDataObject {
	const { webhook, outcome } = report;
	const steps = [...stageSteps(report), authorizationStep(report), enabledStep(webhook)];
	const stuck = steps.find(({ ok }) => ok === false);
	return compact({
		id: webhook.id,
		url: webhook.url,
		works: stuck === undefined,
		...stuck?.advice,
		status: outcome?.response.status || undefined,
		responseMs: outcome?.responseMs,
		deliveryId: outcome?.deliveryId,
		steps: steps.map(({ step, ok, message }) => ({ step, ok, message })),
	});
}

/** Steps before the fault have passed; those after it were not checked. */
function stageSteps(report: TestReport): Step[] {
	const { fault } = report;
	const stages = Object.keys(STAGES) as Stage[];
	const stuckAt = fault === undefined ? stages.length : stages.indexOf(fault.stage);
	return stages.map((stage, position) => {
		if (position < stuckAt) return passedStep(stage, report);
		return position === stuckAt ? failed(STAGES[stage], fault!) : unknown(STAGES[stage]);
	});
}

function passedStep(stage: Stage, { webhook, outcome }: TestReport): Step {
	const step = STAGES[stage];
	const needsHttps = stage === 'address' || stage === 'certificate';
	if (needsHttps && !webhook.url.startsWith('https:')) {
		return unknown(step, 'the address uses http on this machine');
	}
	if (stage === 'time') {
		return passed(step, `${outcome?.responseMs} ms from this n8n. From Expert it takes longer.`);
	}
	if (stage !== 'signature') return passed(step);
	const verified = outcome?.response.headers[VERIFIED_HEADER] as VerifiedParts | undefined;
	return verified === 'token'
		? unknown(step, 'the credential says that the site has no signing secret yet')
		: passed(step, SIGNED_HERE);
}

const SIGNED_HERE =
	'Passed, with the Signing Secret of this credential. Whether Expert has the same one shows when a delivery from Expert arrives.';

/** Expert sends what is registered; the test sent the credential's. */
function authorizationStep({ webhook, authorization }: TestReport): Step {
	const step = 'Expert sends the right Authorization';
	if (webhook.authorization === '') return unknown(step, 'the site does not show what it sends');
	if (webhook.authorization === authorization) return passed(step);
	return failed(step, {
		problem: 'The Authorization value that Expert sends is not the one of this credential.',
		whatToDo: 'Unpublish and publish the workflow of the trigger.',
	});
}

function enabledStep({ active }: Webhook): Step {
	const step = 'The webhook is enabled';
	if (active) return passed(step);
	return failed(step, {
		problem: 'The webhook is disabled, so Expert delivers nothing to it.',
		whatToDo: 'Enable it with Webhook > Enable once the other steps are passed.',
	});
}

function passed(step: string, message = 'Passed.'): Step {
	return { step, ok: true, message };
}

function unknown(step: string, because?: string): Step {
	const message = because === undefined ? 'Not checked.' : `Not checked: ${because}.`;
	return { step, ok: null, message };
}

function failed(step: string, { problem, whatToDo }: Advice): Step {
	return { step, ok: false, message: `${problem} ${whatToDo}`, advice: { problem, whatToDo } };
}
