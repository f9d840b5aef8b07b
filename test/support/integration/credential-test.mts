import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	INodeCredentialTestResult,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { CredentialTestContext } from './n8n.mts';
import type { Scene } from './scene.mts';

/** Runs the test of the credential as n8n does. */
export async function testCredential(
	{ host }: Scene,
	changes: ICredentialDataDecryptedObject = {},
): Promise<INodeCredentialTestResult> {
	const data = { ...host.credential(), ...changes };
	host.credential = () => data;
	const credential: ICredentialsDecrypted = {
		id: '1',
		name: 'Expert',
		type: 'cxoneExpertApi',
		data,
	};
	const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
	const { testExpertCredential } = host.loaded.trigger.methods.credentialTest;
	return await testExpertCredential.call(context, credential);
}
