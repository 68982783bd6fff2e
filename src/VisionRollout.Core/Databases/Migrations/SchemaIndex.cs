namespace VisionRollout.Core.Databases.Migrations;

/// <summary>An index of a table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Definition">As <c>pg_get_indexdef</c> writes it.</param>
/// <param name="Valid">False for one that an unfinished CREATE INDEX CONCURRENTLY left.</param>
/// <param name="File">Number of its file; another one means that it was built anew.</param>
public sealed record SchemaIndex(string Name, string Definition, bool Valid, long File);
