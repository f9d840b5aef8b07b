import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import type { Result } from '../../api/result';
import { withServerTime } from '../../api/server-time';
import { runningJobs } from '../../api/site-jobs';
import { addEvent, listWebhooks, type Webhook } from '../../api/webhooks';
import { deliveryAuthorization } from '../../shared/delivery-token';
import { readFigures } from '../../shared/delivery-figures';
import { isDisabledByExpert } from '../../shared/disabled-webhook';
import { chosenEvents, EVENT_CHOICES, missingEvents } from '../../shared/events';
import { failureText, type StatusMessages } from '../../shared/failure-messages';
import { type ProcessKind, thisProcess } from '../../n8n/this-process';
import { PACKAGE_VERSION } from '../../shared/package-version';
import { expiryWarning, tokenExpiry } from '../../shared/token-expiry';
import { updateKeepingEvents } from '../../shared/update-webhook';
import { isSameUrl, urlWithoutSecrets } from '../../shared/webhook-url';
import { defineOperation, outputs } from '../core/operation';
import type { ExpertSite } from '../core/site';
import { flagField, listField, optionsField, requiredChoiceField } from '../input/fields';
import { fail, readExistingWebhook, readWebhookIfExists, unwrap } from './calls';
import { deliveryFindings, deliveryReport } from './delivery-report';
import { additionalEvents, webhookField } from './fields';
import { type Health, healthOf } from './health';
import { webhookItem } from './items';
import { jobFinding } from './job-report';
import { n8nVersion } from '../../n8n/n8n-version';
import { isRefusedUpdate, NOT_ENABLED } from './set-active';
import { addressOfOurs, beginsWith, webhookUrl } from './this-n8n';

const webhooks = requiredChoiceField({
	displayName: 'Webhooks',
	name: 'webhooks',
	type: 'options',
	default: 'all',
	options: [
		{
			name: 'All of This Instance',
			value: 'all',
			description: 'Webhooks whose URL begins with the webhook address of this n8n',
		},
		{ name: 'One Webhook', value: 'one' },
	],
	description: 'Which webhooks to check',
});

const webhook = webhookField({ displayOptions: { show: { webhooks: ['one'] } } });

const expectedEvents = listField({
	displayName: 'Expected Events',
	name: 'expectedEvents',
	type: 'multiOptions',
	default: [],
	options: EVENT_CHOICES,
	description:
		"The events that each of the webhooks should have. When empty, events are not compared. To take those of the trigger, enter an expression such as {{ $('CXone Expert Trigger').params.events }}.",
});

const repair = flagField({
	displayName: 'Repair',
	name: 'repair',
	type: 'boolean',
	default: false,
	description:
		'Whether to enable webhooks that Expert has disabled, and to add missing events. Nothing is removed, and webhooks of another n8n stay as they are.',
});

const options = optionsField({ webhookUrl });

/** GET /webhooks, then each of ours; with "Repair" the calls of Enable and Add Events. */
export const checkWebhookHealth = defineOperation({
	value: 'checkHealth',
	name: 'Check Health',
	action: 'Check health of webhooks',
	description: 'Check whether the webhooks of this n8n work, and repair them if you want',
	fields: {
		webhooks,
		webhook,
		expectedEvents,
		additionalEvents: additionalEvents(expectedEvents.property.name),
		repair,
		options,
	},
	async run(run, fields) {
		const { site } = run;
		const chosen = run.read(fields.options);
		const named = [...run.read(fields.expectedEvents), ...run.read(fields.additionalEvents)];
		const expected = chosenEvents(named);
		const address = addressOfOurs(run, chosen.webhookUrl);
		const isOne = run.read(fields.webhooks) === 'one';
		const isOurs = ({ url }: Webhook) => beginsWith(url, address);
		const isWanted = isOne ? run.read(fields.webhook).matches : isOurs;
		const { api, siteTime } = withServerTime(site.api);
		const all = unwrap(site, await listWebhooks(api));
		const repairs = run.read(fields.repair);
		const process = thisProcess(run.n8n);
		const check: Check = { site, all, expected, address, repairs, process };
		const reports: IDataObject[] = [];
		for (const { id } of all.filter(isWanted)) reports.push(...(await reportOn(id, check)));
		if (reports.length === 0) reports.push(noWebhook(expected, isOne ? undefined : address));
		const { findings, ...facts } = await ofSite(site);
		return outputs(
			reports.map((each) =>
				compact({
					...each,
					findings: [...(each.findings as string[]), ...findings],
					...facts,
					siteTime: siteTime(),
				}),
			),
		);
	},
});

/** What the webhooks are compared with. */
interface Check {
	site: ExpertSite;
	/** The webhooks of the site. */
	all: Webhook[];
	/** Path forms of events; empty: not compared. */
	expected: string[];
	/** What the URLs of our own webhooks begin with: no other webhook is repaired. */
	address: string;
	repairs: boolean;
	/** Whose figures these are. */
	process: ProcessKind | undefined;
}

/**
 * The state of one webhook, after a repair where one is wanted. `findings` is what was found before,
 * and what prevented a repair.
 *
 * @returns empty when the webhook was removed since it was listed
 */
async function reportOn(id: string, check: Check): Promise<IDataObject[]> {
	const { site, all, expected, address, process } = check;
	const found = await readWebhookIfExists(site, id);
	if (found === undefined) return [];
	const authorization = deliveryAuthorization(site.credential, found.url);
	const same = all.filter(({ url }) => isSameUrl(url, found.url));
	const twins = same.filter((other) => other.id !== id);
	const compare = (webhook: Webhook) =>
		healthOf(webhook, twins, { events: expected, authorization });
	const before = compare(found);
	const isOurs = beginsWith(found.url, address);
	const wantsRepair = check.repairs && !before.healthy;
	const repaired =
		wantsRepair && isOurs && isFirstChoice(found, same)
			? await repairWebhook(site, found, expected)
			: { webhook: found, changes: [], refusals: [] };
	const notOurs = wantsRepair && !isOurs ? [notRepaired(address)] : [];
	const figures = readFigures(found.url);
	const ofDeliveries = deliveryFindings(found, figures);
	const findings = [...before.findings, ...ofDeliveries, ...repaired.refusals, ...notOurs];
	const item = reportItem(repaired, before, compare(repaired.webhook), findings);
	return [{ ...item, deliveries: deliveryReport(figures, process) }];
}

/** Of several with one address only one is repaired: two that are on deliver everything twice. */
function isFirstChoice({ id }: Webhook, same: Webhook[]): boolean {
	const first = same.find(({ active }) => active) ?? same[0];
	return first === undefined || first.id === id;
}

function reportItem(
	{ webhook, changes }: Repaired,
	before: Health,
	{ healthy, missingEvents }: Health,
	findings: string[],
): IDataObject {
	const { id, active, events, consecutiveFailures, disabledReason } = webhookItem(webhook);
	return {
		id,
		url: urlWithoutSecrets(webhook.url),
		healthy,
		wasHealthy: before.healthy,
		active,
		consecutiveFailures,
		disabledReason,
		events,
		missingEvents,
		findings,
		changes,
	};
}

/**
 * The report when there is no webhook to look at.
 *
 * @param address that the URL of a webhook should begin with; `undefined` when one webhook was named
 */
function noWebhook(expected: string[], address?: string): IDataObject {
	const findings = [address === undefined ? ONE_GONE : noneBelow(address)];
	return {
		healthy: false,
		wasHealthy: false,
		active: false,
		events: [],
		missingEvents: expected,
		findings,
		changes: [],
	};
}

/** What goes for all webhooks alike, with findings that leave `healthy` as it is. */
async function ofSite({ api, credential }: ExpertSite) {
	const jobs = await runningJobs(api);
	const ofJobs = jobs.ok ? jobs.value.map(jobFinding) : [];
	const ofToken = expiryWarning(credential, Date.now()) ?? [];
	return {
		findings: [...ofJobs, ofToken].flat(),
		tokenExpiresAt: tokenExpiry(credential)?.toISOString(),
		// Absent when the site does not say.
		runningJobs: jobs.ok ? jobs.value.map((job) => ({ ...job })) : undefined,
		versions: compact({ package: PACKAGE_VERSION, n8n: await n8nVersion() }),
	};
}

const ONE_GONE =
	'The webhook is not at the site: its workflow was unpublished, or the webhook was removed. Unpublish the workflow and publish it again.';

function noneBelow(address: string): string {
	return `The site has no webhook whose URL begins with ${address}. The workflow is not published, or the webhook was removed at the site: unpublish the workflow and publish it again. If n8n is reached at another address, set WEBHOOK_URL for all its processes or enter the address under Options > Webhook URL.`;
}

function notRepaired(address: string): string {
	return `It was not repaired, because its URL does not begin with ${address}. If it belongs to this n8n, enter its address under Options > Webhook URL.`;
}

/** What a repair led to. */
interface Repaired {
	/** As the site reports it afterwards. */
	webhook: Webhook;
	/** Plain sentences: what is different now. */
	changes: string[];
	/** Plain sentences: what Expert refused, and what to do. */
	refusals: string[];
}

/**
 * Enables a webhook that Expert has disabled, and adds the events that are missing. A webhook that a
 * person has disabled stays disabled, and no event is lost.
 *
 * Throws when the site cannot be reached, or when events were lost; other refusals are reported.
 */
async function repairWebhook(
	site: ExpertSite,
	webhook: Webhook,
	expected: string[],
): Promise<Repaired> {
	const { id } = webhook;
	const isOff = isDisabledByExpert(webhook);
	const missing = missingEvents(webhook.events, expected);
	if (!isOff && missing.length === 0) return { webhook, changes: [], refusals: [] };
	const refusals: string[] = [];
	const note = (result: Result<unknown>, messages: StatusMessages = {}) => {
		refusals.push(...refusalTexts(site, result, messages));
	};
	if (isOff) {
		const updated = await updateKeepingEvents(site.api, id, { ...webhook, active: true });
		// Lost events are more than a finding.
		if (!updated.ok && !isRefusedUpdate(updated.failure)) fail(site, updated.failure);
		note(updated, NOT_ENABLED);
	}
	for (const event of missing) note(await addEvent(site.api, id, event));
	const after = await readExistingWebhook(site, id);
	return { webhook: after, changes: changesOf(webhook, after, missing), refusals };
}

function changesOf(before: Webhook, after: Webhook, missing: string[]): string[] {
	const left = missingEvents(after.events, missing);
	const added = missing.filter((event) => !left.includes(event));
	return [
		...(!before.active && after.active ? ['Enabled again.'] : []),
		...(added.length > 0 ? [`Added the events: ${added.join(', ')}.`] : []),
	];
}

function refusalTexts(
	site: ExpertSite,
	result: Result<unknown>,
	special: StatusMessages,
): string[] {
	if (result.ok) return [];
	const { failure } = result;
	if (failure.kind !== 'http-status') fail(site, failure, special);
	return [failureText(failure, { messages: special })];
}
