using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PluginPackages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "plugin_installs",
                columns: table => new
                {
                    type = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    active_id = table.Column<Guid>(type: "uuid", nullable: false),
                    previous_id = table.Column<Guid>(type: "uuid", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_installs", x => x.type);
                });

            migrationBuilder.CreateTable(
                name: "plugin_packages",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    version = table.Column<string>(type: "text", nullable: false),
                    config_version = table.Column<int>(type: "integer", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    @lock = table.Column<string>(name: "lock", type: "text", nullable: false),
                    signature = table.Column<string>(type: "text", nullable: true),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    added_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_packages", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_packages_type",
                table: "plugin_packages",
                column: "type");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "plugin_installs");

            migrationBuilder.DropTable(
                name: "plugin_packages");
        }
    }
}
