import { describe, expect, it } from 'vitest';

import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';

describe('CxoneExpertApi', () => {
	it('CxoneExpertApi keeps authenticate when n8n copies it', () => {
		expect({ ...new CxoneExpertApi() }).toHaveProperty('authenticate', expect.any(Function));
	});

	it('CxoneExpertApi has the fields of the public contract', () => {
		const { name, properties } = new CxoneExpertApi();
		expect(name).toBe('cxoneExpertApi');
		const fields = properties.filter(({ type }) => type !== 'notice');
		expect(fields.map((field) => field.name)).toEqual([
			'siteUrl',
			'authentication',
			'longTermToken',
			'tokenKey',
			'tokenSecret',
			'runAsUser',
			'signingSecret',
			'acceptUnsigned',
			'previousSigningSecret',
			'deliveryToken',
		]);
	});

	it.each(['longTermToken', 'tokenSecret', 'signingSecret', 'previousSigningSecret', 'deliveryToken'])(
		'CxoneExpertApi masks the field %s',
		(secret) => {
			const field = new CxoneExpertApi().properties.find(({ name }) => name === secret);
			expect(field?.typeOptions?.password).toBe(true);
		},
	);

	it('no field that holds a secret is hidden by the switch, because n8n does not save what it hides', () => {
		const { properties } = new CxoneExpertApi();
		const byTheSwitch = properties.filter(({ displayOptions }) =>
			JSON.stringify(displayOptions ?? {}).includes('acceptUnsigned'),
		);
		expect(byTheSwitch.map(({ type }) => type)).toEqual(['notice']);
	});
});
