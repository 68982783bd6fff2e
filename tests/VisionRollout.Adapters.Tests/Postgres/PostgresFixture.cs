[assembly: AssemblyFixture(typeof(VisionRollout.Tests.Postgres.PostgresServer))]
