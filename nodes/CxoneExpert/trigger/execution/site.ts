import type { IExecuteFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { connect } from '../../api/http';
import { siteOrigin } from '../../api/site-url';
import { readCredential } from '../read-credential';

/**
 * The site of the trigger's credential, in one execution. The credential is read when it is first needed, and once: each
 * reading costs n8n a sandbox (n8n/credential-cache.ts).
 */
export class Site {
	private readonly context: IExecuteFunctions;
	private reading: Promise<ExpertCredential | undefined> | undefined;

	constructor(context: IExecuteFunctions) {
		this.context = context;
	}

	/** `undefined` if n8n does not give it. The next call then tries again. */
	async credential(): Promise<ExpertCredential | undefined> {
		this.reading ??= readCredential(this.context);
		const credential = await this.reading;
		if (credential === undefined) this.reading = undefined;
		return credential;
	}

	/** Names the site permanently. */
	async origin(): Promise<string | undefined> {
		const credential = await this.credential();
		return credential && siteOrigin(credential.siteUrl);
	}

	/** @param budgetMs for all calls of this client */
	connect(credential: ExpertCredential, budgetMs: number): ApiClient {
		return connect(this.context, credential, { budgetMs });
	}
}
