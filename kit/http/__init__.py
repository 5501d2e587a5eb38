"""HTTP: routes derived from a service's declaration, problems, authentication, batch, feed, and the operators' port."""
