import type { IExecuteFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { connect } from '../../api/http';
import { siteOrigin } from '../../api/site-url';
import { readCredential } from '../read-credential';

/**
 * The site of the trigger's credential, in one execution. It reads the credential once, when it is first needed: each
 * reading costs n8n a sandbox (n8n/credential-cache.ts).
 */
export class Site {
	private readonly context: IExecuteFunctions;
	private reading: Promise<ExpertCredential | undefined> | undefined;

	constructor(context: IExecuteFunctions) {
		this.context = context;
	}

	/** Returns `undefined` if n8n does not give it. The next call then tries again. */
	async credential(): Promise<ExpertCredential | undefined> {
		this.reading ??= readCredential(this.context);
		const credential = await this.reading;
		if (credential === undefined) this.reading = undefined;
		return credential;
	}

	/** Returns the origin, which names the site permanently. */
	async origin(): Promise<string | undefined> {
		const credential = await this.credential();
		return credential && siteOrigin(credential.siteUrl);
	}

	/** @param budgetMs budget of all calls of this client */
	connect(credential: ExpertCredential, budgetMs: number): ApiClient {
		return connect(this.context, credential, { budgetMs });
	}
}
