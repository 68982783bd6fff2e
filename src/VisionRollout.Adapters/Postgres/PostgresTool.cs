namespace VisionRollout.Adapters.Postgres;

/// <summary>One of PostgreSQL's client programs on this machine.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Major">Major version.</param>
/// <param name="Version">What it says about itself, e.g. <c>pg_dump (PostgreSQL) 15.14</c>.</param>
public sealed record PostgresTool(string Path, int Major, string Version);
