namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A column.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type as <c>format_type</c> writes it, e.g. <c>character varying(20)</c>.</param>
/// <param name="NotNull">True when it takes no NULL.</param>
/// <param name="Default">Default or generation expression; null when there is none.</param>
/// <param name="Identity">True for an identity column.</param>
/// <param name="Generated">True for a generated column.</param>
public sealed record SchemaColumn(string Name, string Type, bool NotNull, string? Default, bool Identity, bool Generated);
