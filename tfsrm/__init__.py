"""tfsrm: what a Terraform change makes your job under the AWS shared responsibility model."""

__version__ = "0.1.0"
