/** The configuration is valid but can't be deployed as it is: a message for a person, no stack trace. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
