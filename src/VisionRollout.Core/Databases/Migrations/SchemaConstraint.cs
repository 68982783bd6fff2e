namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A constraint of a table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Definition">As <c>pg_get_constraintdef</c> writes it.</param>
/// <param name="Validated">False for one that was made NOT VALID and never validated.</param>
public sealed record SchemaConstraint(string Name, string Definition, bool Validated);
