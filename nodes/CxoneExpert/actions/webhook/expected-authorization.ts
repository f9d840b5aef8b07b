import { deliveryAuthorization, deliveryTokenProblem } from '../../shared/delivery-token';
import { refuseInput } from '../core/input-problem';
import type { ExpertSite } from '../core/site';

/**
 * What a trigger with the credential of this node expects as `Authorization` at an address. Redacted
 * from now on; refuses when the credential has none.
 */
export function expectedAuthorization(site: ExpertSite, url: string): string {
	const problem = deliveryTokenProblem(site.credential);
	if (problem !== undefined) return refuseInput(problem);
	const authorization = deliveryAuthorization(site.credential, url);
	if (authorization === undefined) {
		return refuseInput({
			message: 'The credential has no token for the Expert API',
			description: 'Open the CXone Expert API credential, enter the token and run its test.',
		});
	}
	site.redactFromNowOn(authorization);
	return authorization;
}
