import { expect, it } from 'vitest';

import { InputProblem } from '../../../../nodes/CxoneExpert/actions/core/input-problem.ts';
import type { ExpertSite } from '../../../../nodes/CxoneExpert/actions/core/site.ts';
import { expectedAuthorization } from '../../../../nodes/CxoneExpert/actions/webhook/expected-authorization.ts';
import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-token.ts';

const URL = 'https://n8n.example.com/webhook/a/webhook';

/** A site with this credential, and what it redacts from now on. */
function siteWith(credential: ExpertCredential) {
	const redacted: string[] = [];
	const redactFromNowOn = (authorization: string) => void redacted.push(authorization);
	return { site: { credential, redactFromNowOn } as unknown as ExpertSite, redacted };
}

it.each<[string, ExpertCredential]>([
	['that was entered', { deliveryToken: 'Bearer entered' }],
	['that is derived from the token', { longTermToken: 'the.j.wt' }],
])(
	'expectedAuthorization is the value %s, as the trigger has it, and is redacted',
	(_case, given) => {
		const { site, redacted } = siteWith(given);
		const authorization = expectedAuthorization(site, URL);
		expect(authorization).toBe(deliveryAuthorization(given, URL));
		expect(redacted).toEqual([authorization]);
	},
);

it.each<[string, ExpertCredential, string]>([
	['a delivery token without a scheme', { deliveryToken: 'abc' }, 'is not a whole Authorization'],
	['no token', {}, 'The credential has no token for the Expert API'],
	['a blank token', { longTermToken: ' ' }, 'The credential has no token for the Expert API'],
])(
	'expectedAuthorization refuses a credential with %s, and says what to do',
	(_case, given, text) => {
		const { site, redacted } = siteWith(given);
		const refused = () => expectedAuthorization(site, URL);
		expect(refused).toThrow(InputProblem);
		expect(refused).toThrow(
			expect.objectContaining({
				message: expect.stringContaining(text),
				description: expect.stringContaining('CXone Expert API credential'),
			}),
		);
		expect(redacted).toEqual([]);
	},
);
