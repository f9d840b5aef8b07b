import type { IDataObject } from 'n8n-workflow';

import { version as packageVersion } from '../../../../../package.json';
import { acceptsUnsigned } from '../../../api/credential';
import { compact } from '../../../api/elements';
import { undefinedIfFailed } from '../../../api/expert-error';
import { missedByFind } from '../../../api/find-depth';
import { runningJobs } from '../../../api/site';
import { siteOrigin } from '../../../api/site-url';
import { type ExpiringToken, expiringTokens, expiryWarnings } from '../../../api/token-expiry';
import { listWebhooks, type Webhook } from '../../../api/webhooks';
import { chosenEvents, EVENT_CHOICES } from '../../../event/choices';
import { n8nVersion } from '../../../n8n/n8n-version';
import { thisProcess } from '../../../n8n/this-process';
import { NOT_VERIFIED } from '../../../protocol/signature';
import { additionalEventsField } from '../../../parameters/common';
import { listField, optionsField, requiredChoiceField } from '../../../parameters/field';
import { defineOperation } from '../../core/operation';
import { outputs } from '../../core/results';
import type { ExpertSite } from '../../../api/expert-site';
import { webhookField } from '../fields';
import { addressOfOurs, beginsWith, webhookUrl } from '../own-address';
import { jobFinding } from './findings';
import { reportOn } from './report';

const webhooks = requiredChoiceField({
	displayName: 'Webhooks',
	name: 'webhooks',
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

const options = optionsField({ webhookUrl });

/** GET /webhooks, then each of ours. */
export const checkWebhookHealth = defineOperation({
	value: 'checkHealth',
	name: 'Check Health',
	action: 'Check health of webhooks',
	description: 'Check whether the webhooks of this n8n work',
	fields: {
		webhooks,
		webhook,
		expectedEvents,
		additionalEvents: additionalEventsField(expectedEvents.property.name),
		options,
	},
	async run(run, fields) {
		const { site } = run;
		const { webhookUrl: entered } = fields.options;
		const named = [...fields.expectedEvents, ...fields.additionalEvents];
		const expected = chosenEvents(named);
		const address = addressOfOurs(run, entered);
		const isOne = fields.webhooks === 'one';
		const isOurs = ({ url }: Webhook) => beginsWith(url, address);
		const isWanted = isOne ? fields.webhook.matches : isOurs;
		const all = await listWebhooks(site);
		const check = { site, all, expected, address, process: thisProcess(run.n8n) };
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
					siteTime: site.siteTime && new Date(site.siteTime).toISOString(),
				}),
			),
		);
	},
});

/** @param address that a URL should begin with; `undefined` if one webhook was named */
function noWebhook(expected: string[], address?: string): IDataObject {
	const findings = [address === undefined ? ONE_GONE : noneBelow(address)];
	return { healthy: false, active: false, events: [], missingEvents: expected, findings };
}

const ONE_GONE =
	'The webhook is not at the site: its workflow was unpublished, or the webhook was removed. Unpublish the workflow and publish it again.';

function noneBelow(address: string): string {
	return `The site has no webhook whose URL begins with ${address}. The workflow is not published, or the webhook was removed at the site: unpublish the workflow and publish it again. If n8n is reached at another address, set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) for all its processes or enter the address under Options > Webhook URL.`;
}

/** Reports what is the same for all webhooks. Its findings leave `healthy` as it is. */
async function ofSite(site: ExpertSite) {
	const { credential } = site;
	const jobs = await undefinedIfFailed(runningJobs(site));
	const ofJobs = jobs?.map(jobFinding) ?? [];
	const missed = await missedByFind(site, siteOrigin(credential.siteUrl) ?? '');
	const unsigned = acceptsUnsigned(credential) ? [NOT_VERIFIED] : [];
	const now = Date.now();
	const tokens = expiringTokens(credential, now);
	const expiryOf = (token: ExpiringToken['name']) => tokens.find(({ name }) => name === token)?.expiresAt.toISOString();
	return {
		findings: [...unsigned, ...(missed === undefined ? [] : [missed]), ...ofJobs, ...expiryWarnings(credential, now)],
		tokenExpiresAt: expiryOf('long-term token'),
		deliveryTokenExpiresAt: expiryOf('delivery token'),
		runningJobs: jobs?.map((job) => ({ ...job })),
		versions: compact({ package: packageVersion, n8n: await n8nVersion() }),
	};
}
