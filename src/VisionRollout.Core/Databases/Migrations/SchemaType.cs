namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A type that the database defines itself.</summary>
/// <param name="Schema">Schema.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind"><c>e</c> enum, <c>d</c> domain, <c>c</c> composite, <c>r</c> range.</param>
/// <param name="Labels">Labels of an enum, in order; the definitions of a domain's constraints.</param>
public sealed record SchemaType(string Schema, string Name, string Kind, IReadOnlyList<string> Labels);
