"""Infrastructure: the local stack, deployment to AWS, the image and the architecture diagram."""
