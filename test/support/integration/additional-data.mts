import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { PackageUnderTest } from './package-under-test.mts';

/** What n8n hands to its contexts, as far as the package uses it. */
export function additionalData(
	urlOfN8n: string,
	readCredential: () => Promise<ICredentialDataDecryptedObject>,
	{ credential: credentialType }: PackageUnderTest,
): IWorkflowExecuteAdditionalData {
	const credentialsHelper = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		getDecrypted: async () => structuredClone(await readCredential()),
		preAuthentication: async () => undefined,
		authenticate: async (
			data: ICredentialDataDecryptedObject,
			_type: string,
			request: IHttpRequestOptions,
		) => await credentialType.authenticate(data, request),
	};
	return {
		credentialsHelper,
		variables: {},
		instanceBaseUrl: `${urlOfN8n}/`,
		restApiUrl: `${urlOfN8n}/rest`,
		webhookBaseUrl: `${urlOfN8n}/webhook`,
		webhookTestBaseUrl: `${urlOfN8n}/webhook-test`,
		webhookWaitingBaseUrl: `${urlOfN8n}/webhook-waiting`,
		formWaitingBaseUrl: `${urlOfN8n}/form-waiting`,
	} as unknown as IWorkflowExecuteAdditionalData;
}
