import { beforeEach, describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-authorization.ts';
import type { DeliveryContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import {
	cachedConfig,
	configForRejection,
	currentConfig,
} from '../../../../nodes/CxoneExpert/trigger/delivery/verification-config.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { contextOf, nodeState } from '../../../support/unit/delivery-context.mts';

beforeEach(clearMemory);

/** A delivery to a node whose credential is read as these, one after the other; the last one stays. */
function delivery(...credentials: Array<ExpertCredential | Error>) {
	let readings = 0;
	const node = nodeState({
		credential: async () => {
			const read = credentials[Math.min(readings++, credentials.length - 1)]!;
			if (read instanceof Error) throw read;
			return read;
		},
	});
	return { context: contextOf(node), readings: () => readings };
}

/** The same delivery, but it has come after all that was read until now. */
const later = (context: DeliveryContext) => ({ ...context, arrivedAt: performance.now() + 0.01 });

const old: ExpertCredential = { deliveryToken: 'Bearer old' };
const changed: ExpertCredential = { deliveryToken: 'Bearer new' };
const unusable: ExpertCredential = { signingSecret: 'whsec' };

describe('a verification config', () => {
	it('a config has the registered Authorization, and the credential that it comes from', async () => {
		const credential = { longTermToken: 'the.j.wt' };
		const { context } = delivery(credential);
		const config = await cachedConfig(context);
		expect(config).toEqual({
			authorization: deliveryAuthorization(credential, context.webhookUrl),
			secrets: [],
			credential,
		});
	});

	it('a config has the Authorization of the address under which the webhook was registered, where that is another one', async () => {
		const credential = { longTermToken: 'the.j.wt' };
		const registeredUrl = 'https://old.example.com/webhook/1/webhook';
		const configWith = async (url: unknown, mode: 'webhook' | 'manual' = 'webhook') => {
			const node = nodeState({ id: 'n', mode, credential: async () => credential });
			node.staticData['cxoneExpertWatch:n'] = { registeredUrl: url };
			return (await cachedConfig(contextOf(node))).registeredAuthorization;
		};
		const registered = deliveryAuthorization(credential, registeredUrl);
		expect(await configWith(registeredUrl)).toBe(registered);
		expect(await configWith(registeredUrl, 'manual')).toBeUndefined();
		expect(await configWith('https://n8n.example.com/webhook/n/webhook/')).toBeUndefined();
		expect(await configWith(7)).toBeUndefined();
	});

	it.each([
		['both secrets, the current one first', 'now', 'before', ['now', 'before']],
		['the current secret alone', 'now', undefined, ['now']],
		['the previous secret alone', undefined, 'before', ['before']],
		['no secret that is blank', ' ', '', []],
		['secrets without the white space around them', ' now\n', '\tbefore ', ['now', 'before']],
	])('a config has %s', async (_case, signingSecret, previousSigningSecret, secrets) => {
		const credential = { ...old, signingSecret, previousSigningSecret } as ExpertCredential;
		expect(await cachedConfig(delivery(credential).context)).toMatchObject({ secrets });
	});
});

describe('cachedConfig', () => {
	it('cachedConfig goes by the cached credential while that can be used', async () => {
		const { context, readings } = delivery(old, changed);
		await cachedConfig(context);
		expect(await cachedConfig(later(context))).toMatchObject({ authorization: 'Bearer old' });
		expect(readings()).toBe(1);
	});

	it.each([
		['could not be read', new Error('no such credential')],
		['had no token', unusable],
	])(
		'cachedConfig reads the credential once more when the cached one %s',
		async (_case, before) => {
			const { context, readings } = delivery(before, changed);
			await expect(cachedConfig(context)).rejects.toThrow();
			expect(await cachedConfig(later(context))).toMatchObject({ authorization: 'Bearer new' });
			expect(readings()).toBe(2);
		},
	);

	it('cachedConfig throws when there is nothing to check a delivery against', async () => {
		await expect(cachedConfig(delivery(unusable).context)).rejects.toThrow('no API secret');
	});

	it('cachedConfig throws what n8n throws when it gives no credential', async () => {
		const { context } = delivery(new Error('no such credential'));
		await expect(cachedConfig(context)).rejects.toThrow('no such credential');
	});
});

describe('currentConfig and configForRejection', () => {
	it.each([
		['currentConfig', currentConfig],
		['configForRejection', configForRejection],
	])(
		'%s does not go by a credential that was read before the delivery came',
		async (_name, get) => {
			const { context } = delivery(old, changed);
			await cachedConfig(context);
			expect(await get(later(context))).toMatchObject({ authorization: 'Bearer new' });
		},
	);

	it('currentConfig reads for each delivery, configForRejection once a second at most', async () => {
		const { context, readings } = delivery(old);
		await configForRejection(context);
		await configForRejection(later(context));
		expect(readings()).toBe(1);
		await currentConfig(later(context));
		expect(readings()).toBe(2);
	});
});
